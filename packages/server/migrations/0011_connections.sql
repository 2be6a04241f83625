CREATE TABLE "connections" (
	"org_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"settings" jsonb NOT NULL,
	"secret_names" jsonb NOT NULL,
	"sealed_secrets" text NOT NULL,
	"revision" integer NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"updated_by" text NOT NULL,
	"tested_at" bigint,
	CONSTRAINT "connections_org_id_name_pk" PRIMARY KEY("org_id","name")
);
--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE FUNCTION penstock_connection_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it connections;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND old.revision = new.revision THEN RETURN NULL; END IF;
	PERFORM penstock_change('connection', it.org_id, NULL, it.name, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "connections_tell" AFTER INSERT OR UPDATE OR DELETE ON "connections" FOR EACH ROW EXECUTE FUNCTION penstock_connection_changed();
