DROP INDEX "pipelines_by_org";--> statement-breakpoint
ALTER TABLE "pipeline_versions" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "pipeline_versions" ADD COLUMN "alarm_config" text;--> statement-breakpoint
ALTER TABLE "pipelines" ADD COLUMN "updated_by" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "pipelines" ADD COLUMN "group_name" text;--> statement-breakpoint
ALTER TABLE "pipelines" ADD COLUMN "labels" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "pipelines" ADD COLUMN "search_text" text GENERATED ALWAYS AS (lower(name || chr(10) || description || chr(10) || pipeline_id)) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "pipelines_by_name" ON "pipelines" USING btree ("org_id","name","pipeline_id");--> statement-breakpoint
CREATE INDEX "pipelines_by_org" ON "pipelines" USING btree ("org_id","updated_at","pipeline_id");