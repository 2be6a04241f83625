CREATE TABLE "snapshots" (
	"pipeline_id" text PRIMARY KEY NOT NULL,
	"snapshot_id" text NOT NULL,
	"run_id" text NOT NULL,
	"request" text NOT NULL,
	"wanted" integer NOT NULL,
	"expires_at" bigint NOT NULL,
	"result" text,
	"records" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;