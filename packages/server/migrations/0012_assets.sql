CREATE TABLE "asset_models" (
	"org_id" text NOT NULL,
	"model_id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"tags" jsonb NOT NULL,
	"points" jsonb NOT NULL,
	"revision" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "asset_models_org_id_model_id_pk" PRIMARY KEY("org_id","model_id")
);
--> statement-breakpoint
CREATE TABLE "asset_removals" (
	"org_id" text NOT NULL,
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"node_id" text DEFAULT '' NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "asset_removals_org_id_kind_id_node_id_pk" PRIMARY KEY("org_id","kind","id","node_id")
);
--> statement-breakpoint
CREATE TABLE "asset_stores" (
	"org_id" text PRIMARY KEY NOT NULL,
	"store_id" text NOT NULL,
	"number" serial NOT NULL,
	"revision" bigint DEFAULT 0 NOT NULL,
	"removals_known_from" bigint DEFAULT 0 NOT NULL,
	"models" integer DEFAULT 0 NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"assets" integer DEFAULT 0 NOT NULL,
	"trees" integer DEFAULT 0 NOT NULL,
	"nodes" integer DEFAULT 0 NOT NULL,
	"updated_at" bigint NOT NULL,
	"updated_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "asset_tree_nodes" (
	"org_id" text NOT NULL,
	"tree_id" text NOT NULL,
	"asset_id" text NOT NULL,
	"parent_id" text,
	"revision" bigint NOT NULL,
	CONSTRAINT "asset_tree_nodes_org_id_tree_id_asset_id_pk" PRIMARY KEY("org_id","tree_id","asset_id")
);
--> statement-breakpoint
CREATE TABLE "asset_trees" (
	"org_id" text NOT NULL,
	"tree_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"tags" jsonb NOT NULL,
	"revision" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "asset_trees_org_id_tree_id_pk" PRIMARY KEY("org_id","tree_id")
);
--> statement-breakpoint
CREATE TABLE "assets" (
	"org_id" text NOT NULL,
	"asset_id" text NOT NULL,
	"model_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"label" text NOT NULL,
	"timezone" text,
	"attributes" jsonb NOT NULL,
	"tags" jsonb NOT NULL,
	"extra_info" jsonb NOT NULL,
	"words" "tsvector" NOT NULL,
	"revision" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "assets_org_id_asset_id_pk" PRIMARY KEY("org_id","asset_id")
);
--> statement-breakpoint
ALTER TABLE "asset_models" ADD CONSTRAINT "asset_models_org_id_asset_stores_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."asset_stores"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_removals" ADD CONSTRAINT "asset_removals_org_id_asset_stores_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."asset_stores"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_stores" ADD CONSTRAINT "asset_stores_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_tree_nodes" ADD CONSTRAINT "asset_tree_nodes_org_id_asset_stores_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."asset_stores"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_trees" ADD CONSTRAINT "asset_trees_org_id_asset_stores_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."asset_stores"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_org_id_asset_stores_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."asset_stores"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "asset_models_by_revision" ON "asset_models" USING btree ("org_id","revision","model_id");--> statement-breakpoint
CREATE INDEX "asset_removals_by_revision" ON "asset_removals" USING btree ("org_id","revision","kind","id","node_id");--> statement-breakpoint
CREATE INDEX "asset_tree_nodes_by_parent" ON "asset_tree_nodes" USING btree ("org_id","tree_id","parent_id","asset_id");--> statement-breakpoint
CREATE INDEX "asset_tree_nodes_by_asset" ON "asset_tree_nodes" USING btree ("org_id","asset_id");--> statement-breakpoint
CREATE INDEX "asset_tree_nodes_by_revision" ON "asset_tree_nodes" USING btree ("org_id","revision","tree_id","asset_id");--> statement-breakpoint
CREATE INDEX "asset_trees_by_revision" ON "asset_trees" USING btree ("org_id","revision","tree_id");--> statement-breakpoint
CREATE INDEX "assets_by_model" ON "assets" USING btree ("org_id","model_id","asset_id");--> statement-breakpoint
CREATE INDEX "assets_by_revision" ON "assets" USING btree ("org_id","revision","asset_id");--> statement-breakpoint
CREATE INDEX "assets_by_words" ON "assets" USING gin ("words");--> statement-breakpoint
CREATE FUNCTION penstock_assets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF old.revision = new.revision THEN RETURN NULL; END IF;
	PERFORM penstock_change('assets', new.org_id, NULL, new.revision::text, tg_op, jsonb_build_object('revision', new.revision));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "asset_stores_tell" AFTER UPDATE ON "asset_stores" FOR EACH ROW EXECUTE FUNCTION penstock_assets_changed();
