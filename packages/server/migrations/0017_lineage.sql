CREATE TABLE "lineages" (
	"org_id" text NOT NULL,
	"message_channel" integer NOT NULL,
	"revision" bigint NOT NULL,
	"stamp" text NOT NULL,
	"changed_at" bigint NOT NULL,
	CONSTRAINT "lineages_org_id_message_channel_pk" PRIMARY KEY("org_id","message_channel")
);
--> statement-breakpoint
CREATE TABLE "pipeline_lineages" (
	"pipeline_id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"message_channel" integer NOT NULL,
	"version_number" integer NOT NULL,
	"inputs" jsonb NOT NULL,
	"outputs" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "lineages" ADD CONSTRAINT "lineages_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pipeline_lineages" ADD CONSTRAINT "pipeline_lineages_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pipeline_lineages_by_org" ON "pipeline_lineages" USING btree ("org_id","message_channel");