CREATE TABLE "installed_libraries" (
	"org_id" text NOT NULL,
	"library" text NOT NULL,
	"installed_at" bigint NOT NULL,
	"installed_by" text NOT NULL,
	CONSTRAINT "installed_libraries_org_id_library_pk" PRIMARY KEY("org_id","library")
);
--> statement-breakpoint
CREATE TABLE "queue_topics" (
	"topic" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"description" text NOT NULL,
	"partitions" integer NOT NULL,
	"retention_hours" integer NOT NULL,
	"max_bytes" bigint NOT NULL,
	"state" text NOT NULL,
	"created_at" bigint NOT NULL,
	"created_by" text NOT NULL,
	"updated_at" bigint NOT NULL,
	"updated_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resource_usage" (
	"org_id" text NOT NULL,
	"resource" text NOT NULL,
	"at" bigint NOT NULL,
	"granted_milli" bigint,
	"used_milli" bigint NOT NULL,
	"peak_milli" bigint NOT NULL,
	CONSTRAINT "resource_usage_org_id_resource_at_pk" PRIMARY KEY("org_id","resource","at")
);
--> statement-breakpoint
CREATE TABLE "resource_warnings" (
	"org_id" text NOT NULL,
	"resource" text NOT NULL,
	"since" bigint NOT NULL,
	"incident_id" text NOT NULL,
	CONSTRAINT "resource_warnings_org_id_resource_pk" PRIMARY KEY("org_id","resource")
);
--> statement-breakpoint
ALTER TABLE "alarm_deliveries" ALTER COLUMN "pipeline_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "installed_libraries" ADD CONSTRAINT "installed_libraries_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_topics" ADD CONSTRAINT "queue_topics_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_usage" ADD CONSTRAINT "resource_usage_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_warnings" ADD CONSTRAINT "resource_warnings_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "queue_topics_by_org" ON "queue_topics" USING btree ("org_id","topic");
--> statement-breakpoint
-- What pipelines could use before libraries were installed they can use on: every library that there was.
INSERT INTO "installed_libraries" ("org_id", "library", "installed_at", "installed_by")
SELECT "org_id", "library", "created_at", '' FROM "organizations" CROSS JOIN (VALUES ('0.1.0'), ('0.2.0'), ('0.3.0'), ('0.4.0')) AS "known" ("library");
--> statement-breakpoint
INSERT INTO "grants" ("org_id", "resource", "cu_milli", "updated_at")
SELECT "org_id", 'stream-designing', 2000, "created_at" FROM "organizations";
--> statement-breakpoint
CREATE FUNCTION penstock_library_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it installed_libraries;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('library', it.org_id, NULL, it.library, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "installed_libraries_tell" AFTER INSERT OR UPDATE OR DELETE ON "installed_libraries" FOR EACH ROW EXECUTE FUNCTION penstock_library_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_queue_topic_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it queue_topics;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('queue-topic', it.org_id, NULL, it.topic, tg_op, jsonb_build_object('state', it.state));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "queue_topics_tell" AFTER INSERT OR UPDATE OR DELETE ON "queue_topics" FOR EACH ROW EXECUTE FUNCTION penstock_queue_topic_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_resource_warning_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it resource_warnings;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('resource-warning', it.org_id, NULL, it.resource, tg_op, jsonb_build_object('since', it.since));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "resource_warnings_tell" AFTER INSERT OR UPDATE OR DELETE ON "resource_warnings" FOR EACH ROW EXECUTE FUNCTION penstock_resource_warning_changed();
