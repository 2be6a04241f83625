CREATE TABLE "stage_samples" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"pipeline_id" text NOT NULL,
	"run_id" text NOT NULL,
	"at" bigint NOT NULL,
	"worker_id" text NOT NULL,
	"counted_since" bigint,
	"counters" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "event_lag_ms" bigint;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "commits" bigint;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "commit_ms" bigint;--> statement-breakpoint
ALTER TABLE "stage_samples" ADD CONSTRAINT "stage_samples_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "stage_samples_by_pipeline" ON "stage_samples" USING btree ("pipeline_id","at");--> statement-breakpoint
CREATE INDEX "stage_samples_by_time" ON "stage_samples" USING btree ("at");