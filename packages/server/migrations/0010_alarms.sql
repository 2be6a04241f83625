CREATE TABLE "alarm_deliveries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"delivery_id" text NOT NULL,
	"org_id" text NOT NULL,
	"pipeline_id" text NOT NULL,
	"receiver_id" text NOT NULL,
	"notice" jsonb NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" bigint NOT NULL,
	"next_attempt_at" bigint NOT NULL,
	"give_up_at" bigint NOT NULL,
	"claimed_until" bigint,
	"settled_at" bigint,
	"last_error" text,
	CONSTRAINT "alarm_deliveries_delivery_id_unique" UNIQUE("delivery_id")
);
--> statement-breakpoint
CREATE TABLE "alarm_receivers" (
	"receiver_id" text PRIMARY KEY NOT NULL,
	"org_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"sealed_address" text NOT NULL,
	"shown_address" text NOT NULL,
	"sealed_secret" text,
	"language" text NOT NULL,
	"created_at" bigint NOT NULL,
	"tested_at" bigint
);
--> statement-breakpoint
CREATE TABLE "alarms" (
	"pipeline_id" text NOT NULL,
	"rule" text NOT NULL,
	"org_id" text NOT NULL,
	"state" text NOT NULL,
	"since" bigint NOT NULL,
	"bad_since" bigint,
	"good_since" bigint,
	"unknown_since" bigint,
	"was_raised" boolean NOT NULL,
	"was_no_data" boolean NOT NULL,
	"incident_id" text NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "alarms_pipeline_id_rule_pk" PRIMARY KEY("pipeline_id","rule")
);
--> statement-breakpoint
ALTER TABLE "alarm_deliveries" ADD CONSTRAINT "alarm_deliveries_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alarm_deliveries" ADD CONSTRAINT "alarm_deliveries_receiver_id_alarm_receivers_receiver_id_fk" FOREIGN KEY ("receiver_id") REFERENCES "public"."alarm_receivers"("receiver_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alarm_receivers" ADD CONSTRAINT "alarm_receivers_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alarms" ADD CONSTRAINT "alarms_pipeline_id_pipelines_pipeline_id_fk" FOREIGN KEY ("pipeline_id") REFERENCES "public"."pipelines"("pipeline_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alarm_deliveries_by_receiver" ON "alarm_deliveries" USING btree ("receiver_id","state","id");--> statement-breakpoint
CREATE INDEX "alarm_deliveries_by_org" ON "alarm_deliveries" USING btree ("org_id","id");--> statement-breakpoint
CREATE INDEX "alarm_deliveries_by_pipeline" ON "alarm_deliveries" USING btree ("pipeline_id");--> statement-breakpoint
CREATE INDEX "alarm_receivers_by_org" ON "alarm_receivers" USING btree ("org_id");--> statement-breakpoint
CREATE INDEX "alarms_by_org" ON "alarms" USING btree ("org_id");--> statement-breakpoint
CREATE FUNCTION penstock_alarm_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it alarms;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND old.state = new.state THEN RETURN NULL; END IF;
	PERFORM penstock_change('alarm', it.org_id, it.pipeline_id, it.rule, tg_op, jsonb_build_object(
		'state', it.state, 'since', it.since));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "alarms_tell" AFTER INSERT OR UPDATE OR DELETE ON "alarms" FOR EACH ROW EXECUTE FUNCTION penstock_alarm_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_alarm_receiver_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it alarm_receivers;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND (old.name, old.shown_address, old.language) IS NOT DISTINCT FROM (new.name, new.shown_address, new.language)
	THEN RETURN NULL; END IF;
	PERFORM penstock_change('alarm-receiver', it.org_id, NULL, it.receiver_id, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "alarm_receivers_tell" AFTER INSERT OR UPDATE OR DELETE ON "alarm_receivers" FOR EACH ROW EXECUTE FUNCTION penstock_alarm_receiver_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_alarm_delivery_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF tg_op = 'UPDATE' AND old.state = new.state THEN RETURN NULL; END IF;
	PERFORM penstock_change('alarm-delivery', new.org_id, new.pipeline_id, new.delivery_id, tg_op, jsonb_build_object(
		'state', new.state, 'receiverId', new.receiver_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "alarm_deliveries_tell" AFTER INSERT OR UPDATE ON "alarm_deliveries" FOR EACH ROW EXECUTE FUNCTION penstock_alarm_delivery_changed();