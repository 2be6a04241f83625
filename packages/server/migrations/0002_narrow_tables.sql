CREATE TABLE "run_leases" (
	"run_id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_reports" (
	"run_id" text PRIMARY KEY NOT NULL,
	"heartbeat" text NOT NULL,
	"heartbeat_at" bigint NOT NULL,
	"events_since" bigint DEFAULT 0 NOT NULL,
	"events_taken" integer DEFAULT 0 NOT NULL,
	"events_left_out" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "runs_open";--> statement-breakpoint
ALTER TABLE "run_leases" ADD CONSTRAINT "run_leases_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_reports" ADD CONSTRAINT "run_reports_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("ended_at");--> statement-breakpoint
INSERT INTO "run_leases" ("run_id", "owner", "until") SELECT "run_id", "lease_owner", "lease_until" FROM "runs" WHERE "ended_at" IS NULL AND "lease_owner" IS NOT NULL AND "lease_until" IS NOT NULL;--> statement-breakpoint
INSERT INTO "run_reports" ("run_id", "heartbeat", "heartbeat_at") SELECT "runs"."run_id", "heartbeat", "heartbeat_at" FROM "runs" INNER JOIN "pipelines" ON "pipelines"."current_run_id" = "runs"."run_id" WHERE "heartbeat" IS NOT NULL AND "heartbeat_at" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "run_leases" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);--> statement-breakpoint
ALTER TABLE "run_reports" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "lease_owner";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "lease_until";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "heartbeat";--> statement-breakpoint
ALTER TABLE "runs" DROP COLUMN "heartbeat_at";