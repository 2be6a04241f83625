CREATE TABLE "alarm_incidents" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"org_id" text NOT NULL,
	"pipeline_id" text NOT NULL,
	"rule" text NOT NULL,
	"kind" text NOT NULL,
	"raised_at" bigint NOT NULL,
	"ended_at" bigint,
	"ending" text,
	"facts" jsonb NOT NULL,
	"acknowledged_at" bigint,
	"acknowledged_by" text,
	"acknowledged_note" text,
	CONSTRAINT "alarm_incidents_incident_id_unique" UNIQUE("incident_id")
);
--> statement-breakpoint
ALTER TABLE "alarms" ADD COLUMN "unacknowledged_since" bigint;--> statement-breakpoint
ALTER TABLE "alarms" ADD COLUMN "shelved_until" bigint;--> statement-breakpoint
ALTER TABLE "alarms" ADD COLUMN "shelved_at" bigint;--> statement-breakpoint
ALTER TABLE "alarms" ADD COLUMN "shelved_by" text;--> statement-breakpoint
ALTER TABLE "alarms" ADD COLUMN "shelved_note" text;--> statement-breakpoint
ALTER TABLE "alarms" ADD COLUMN "told_incident_id" text;--> statement-breakpoint
ALTER TABLE "alarm_incidents" ADD CONSTRAINT "alarm_incidents_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alarm_incidents_by_org" ON "alarm_incidents" USING btree ("org_id","id");--> statement-breakpoint
CREATE INDEX "alarm_incidents_by_alarm" ON "alarm_incidents" USING btree ("pipeline_id","rule","id");--> statement-breakpoint
INSERT INTO "alarm_incidents" ("incident_id", "org_id", "pipeline_id", "rule", "kind", "raised_at", "facts")
	SELECT "incident_id", "org_id", "pipeline_id", "rule", CASE WHEN "was_raised" THEN 'raised' ELSE 'no-data' END, "since", "facts"
	FROM "alarms" WHERE "was_raised" OR "was_no_data";--> statement-breakpoint
UPDATE "alarms" SET "told_incident_id" = "incident_id", "unacknowledged_since" = "since" WHERE "was_raised" OR "was_no_data";--> statement-breakpoint
CREATE OR REPLACE FUNCTION penstock_alarm_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it alarms;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND (old.state, old.unacknowledged_since, old.shelved_until)
		IS NOT DISTINCT FROM (new.state, new.unacknowledged_since, new.shelved_until) THEN RETURN NULL; END IF;
	PERFORM penstock_change('alarm', it.org_id, it.pipeline_id, it.rule, tg_op, jsonb_build_object(
		'state', it.state, 'since', it.since));
	RETURN NULL;
END
$$;
