CREATE TABLE "changes" (
	"xact_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" bigint DEFAULT (extract(epoch from clock_timestamp()) * 1000)::bigint NOT NULL,
	"org_id" text,
	"kind" text NOT NULL,
	"pipeline_id" text,
	"subject" text NOT NULL,
	"what" text NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "changes_xact_id_id_pk" PRIMARY KEY("xact_id","id")
);
--> statement-breakpoint
CREATE FUNCTION penstock_change(kind text, org_id text, pipeline_id text, subject text, operation text, facts jsonb) RETURNS void LANGUAGE sql AS $$
	INSERT INTO changes (kind, org_id, pipeline_id, subject, what, facts) VALUES (kind, org_id, pipeline_id, subject,
		CASE operation WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END, facts)
$$;
--> statement-breakpoint
CREATE FUNCTION penstock_pipeline_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it pipelines;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND old IS NOT DISTINCT FROM new THEN RETURN NULL; END IF;
	PERFORM penstock_change('pipeline', it.org_id, it.pipeline_id, it.pipeline_id, tg_op, jsonb_build_object(
		'status', it.status, 'desired', it.desired, 'revision', it.revision, 'version', it.released_number, 'runId', it.current_run_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "pipelines_tell" AFTER INSERT OR UPDATE OR DELETE ON "pipelines" FOR EACH ROW EXECUTE FUNCTION penstock_pipeline_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_version_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	org text;
BEGIN
	IF tg_op = 'UPDATE' AND old IS NOT DISTINCT FROM new THEN RETURN NULL; END IF;
	SELECT p.org_id INTO org FROM pipelines p WHERE p.pipeline_id = new.pipeline_id;
	PERFORM penstock_change('version', org, new.pipeline_id, new.number::text, tg_op, jsonb_build_object('releasedBy', new.released_by));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "pipeline_versions_tell" AFTER INSERT OR UPDATE ON "pipeline_versions" FOR EACH ROW EXECUTE FUNCTION penstock_version_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_run_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF tg_op = 'UPDATE'
		AND (old.desired, old.kafka_rate, old.phase, old.reason_code, old.reason_message, old.attempts, old.worker_id, old.application_id, old.running_at, old.ended_at)
		IS NOT DISTINCT FROM
		(new.desired, new.kafka_rate, new.phase, new.reason_code, new.reason_message, new.attempts, new.worker_id, new.application_id, new.running_at, new.ended_at)
	THEN RETURN NULL; END IF;
	PERFORM penstock_change('run', new.org_id, new.pipeline_id, new.run_id, tg_op, jsonb_build_object(
		'desired', new.desired, 'phase', new.phase, 'attempts', new.attempts, 'kafkaRate', new.kafka_rate,
		'reasonCode', new.reason_code, 'runningAt', new.running_at, 'endedAt', new.ended_at));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "runs_tell" AFTER INSERT OR UPDATE ON "runs" FOR EACH ROW EXECUTE FUNCTION penstock_run_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_event_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	org text;
BEGIN
	SELECT p.org_id INTO org FROM pipelines p WHERE p.pipeline_id = new.pipeline_id;
	PERFORM penstock_change('event', org, new.pipeline_id, new.id::text, tg_op, jsonb_build_object(
		'code', new.code, 'severity', new.severity, 'runId', new.run_id));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "run_events_tell" AFTER INSERT ON "run_events" FOR EACH ROW EXECUTE FUNCTION penstock_event_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_organization_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it organizations;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('organization', it.org_id, NULL, it.org_id, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "organizations_tell" AFTER INSERT OR UPDATE OR DELETE ON "organizations" FOR EACH ROW EXECUTE FUNCTION penstock_organization_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_grant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it grants;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('grant', it.org_id, NULL, it.resource, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "grants_tell" AFTER INSERT OR UPDATE OR DELETE ON "grants" FOR EACH ROW EXECUTE FUNCTION penstock_grant_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_topic_grant_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it topic_grants;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('topic-grant', it.org_id, NULL, it.pattern, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "topic_grants_tell" AFTER INSERT OR UPDATE OR DELETE ON "topic_grants" FOR EACH ROW EXECUTE FUNCTION penstock_topic_grant_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_access_key_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it access_keys;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND (old.name, old.role, old.expires_at, old.sealed_secret) IS NOT DISTINCT FROM (new.name, new.role, new.expires_at, new.sealed_secret)
	THEN RETURN NULL; END IF;
	PERFORM penstock_change('access-key', it.org_id, NULL, it.access_key, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "access_keys_tell" AFTER INSERT OR UPDATE OR DELETE ON "access_keys" FOR EACH ROW EXECUTE FUNCTION penstock_access_key_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_member_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it memberships;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	PERFORM penstock_change('member', it.org_id, NULL, it.user_id, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "memberships_tell" AFTER INSERT OR UPDATE OR DELETE ON "memberships" FOR EACH ROW EXECUTE FUNCTION penstock_member_changed();
--> statement-breakpoint
CREATE FUNCTION penstock_user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	it users;
BEGIN
	IF tg_op = 'DELETE' THEN it := old; ELSE it := new; END IF;
	IF tg_op = 'UPDATE' AND (old.email, old.name, old.is_administrator, old.disabled_at) IS NOT DISTINCT FROM (new.email, new.name, new.is_administrator, new.disabled_at)
	THEN RETURN NULL; END IF;
	PERFORM penstock_change('user', NULL, NULL, it.user_id, tg_op, '{}');
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "users_tell" AFTER INSERT OR UPDATE OR DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION penstock_user_changed();