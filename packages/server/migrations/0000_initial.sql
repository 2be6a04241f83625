CREATE TABLE "access_keys" (
	"access_key" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"name" text NOT NULL,
	"sealed_secret" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "access_tokens" (
	"access_key" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"sealed_token" text NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"org_id" text,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"org_id" text NOT NULL,
	"resource" text NOT NULL,
	"cu_milli" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "grants_org_id_resource_pk" PRIMARY KEY("org_id","resource")
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"org_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pipeline_versions" (
	"pipeline_id" text NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"template_type" integer NOT NULL,
	"template_name" text,
	"template_version" text NOT NULL,
	"message_channel" integer NOT NULL,
	"document" text NOT NULL,
	"released_at" bigint NOT NULL,
	"released_by" text NOT NULL,
	CONSTRAINT "pipeline_versions_pipeline_id_number_pk" PRIMARY KEY("pipeline_id","number")
);
--> statement-breakpoint
CREATE TABLE "pipelines" (
	"pipeline_id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"is_system" boolean DEFAULT false NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"template_type" integer NOT NULL,
	"template_name" text,
	"template_version" text NOT NULL,
	"message_channel" integer NOT NULL,
	"alarm_config" text,
	"document" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"released_number" integer,
	"status" text NOT NULL,
	"status_since" bigint NOT NULL,
	"reason_code" text,
	"reason_message" text,
	"desired" text,
	"current_run_id" text,
	"execution_mode" integer,
	"kafka_rate" integer,
	"resource_config" text,
	"keeps_state" boolean DEFAULT false NOT NULL,
	"source_partitions" integer
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"pipeline_id" text NOT NULL,
	"run_id" text,
	"at" bigint NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"severity" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"run_id" text PRIMARY KEY NOT NULL,
	"pipeline_id" text NOT NULL,
	"org_id" text NOT NULL,
	"version_number" integer NOT NULL,
	"desired" text NOT NULL,
	"execution_mode" integer NOT NULL,
	"kafka_rate" integer NOT NULL,
	"resource_config" text NOT NULL,
	"standalone_milli" bigint DEFAULT 0 NOT NULL,
	"server_milli" bigint DEFAULT 0 NOT NULL,
	"yarn_milli" bigint DEFAULT 0 NOT NULL,
	"phase" text,
	"reason_code" text,
	"reason_message" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" bigint,
	"token_hash" text,
	"lease_owner" text,
	"lease_until" bigint,
	"worker_id" text,
	"worker_pid" integer,
	"worker_host" text,
	"worker_started_at" bigint,
	"launch_tag" text,
	"application_id" text,
	"launcher_state" text,
	"heartbeat" text,
	"heartbeat_at" bigint,
	"created_at" bigint NOT NULL,
	"running_at" bigint,
	"desired_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"pipeline_id" text NOT NULL,
	"run_id" text NOT NULL,
	"at" bigint NOT NULL,
	"topic" text NOT NULL,
	"lag" bigint NOT NULL,
	"offset" bigint NOT NULL,
	"records_in" bigint NOT NULL,
	"records_out" bigint NOT NULL,
	"errors" bigint NOT NULL,
	"rss_mb" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "start_locks" (
	"org_id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"owner" text NOT NULL,
	"lease_until" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "store_facts" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "used_encryptions" (
	"access_key" text NOT NULL,
	"encryption" text NOT NULL,
	"used_at" bigint NOT NULL,
	CONSTRAINT "used_encryptions_access_key_encryption_pk" PRIMARY KEY("access_key","encryption")
);
--> statement-breakpoint
ALTER TABLE "access_keys" ADD CONSTRAINT "access_keys_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_access_key_access_keys_access_key_fk" FOREIGN KEY ("access_key") REFERENCES "public"."access_keys"("access_key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pipeline_versions" ADD CONSTRAINT "pipeline_versions_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "samples" ADD CONSTRAINT "samples_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "start_locks" ADD CONSTRAINT "start_locks_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "used_encryptions" ADD CONSTRAINT "used_encryptions_access_key_access_keys_access_key_fk" FOREIGN KEY ("access_key") REFERENCES "public"."access_keys"("access_key") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_keys_by_org" ON "access_keys" USING btree ("org_id");--> statement-breakpoint
CREATE UNIQUE INDEX "access_tokens_by_hash" ON "access_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "audit_entries_by_org" ON "audit_entries" USING btree ("org_id","id");--> statement-breakpoint
CREATE INDEX "pipelines_by_org" ON "pipelines" USING btree ("org_id","updated_at");--> statement-breakpoint
CREATE INDEX "pipelines_by_status" ON "pipelines" USING btree ("status");--> statement-breakpoint
CREATE INDEX "run_events_by_pipeline" ON "run_events" USING btree ("pipeline_id","id");--> statement-breakpoint
CREATE INDEX "runs_by_pipeline" ON "runs" USING btree ("pipeline_id","created_at");--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("ended_at","lease_until");--> statement-breakpoint
CREATE INDEX "runs_by_org" ON "runs" USING btree ("org_id","ended_at");--> statement-breakpoint
CREATE INDEX "samples_by_pipeline" ON "samples" USING btree ("pipeline_id","at");--> statement-breakpoint
CREATE INDEX "samples_by_time" ON "samples" USING btree ("at");--> statement-breakpoint
CREATE INDEX "used_encryptions_by_time" ON "used_encryptions" USING btree ("used_at");