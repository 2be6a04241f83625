CREATE TABLE "topic_grants" (
	"org_id" text NOT NULL,
	"pattern" text NOT NULL,
	"may_read" boolean NOT NULL,
	"may_write" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "topic_grants_org_id_pattern_pk" PRIMARY KEY("org_id","pattern")
);
--> statement-breakpoint
ALTER TABLE "access_keys" ADD COLUMN "role" text DEFAULT 'administrator' NOT NULL;--> statement-breakpoint
ALTER TABLE "access_keys" ADD COLUMN "expires_at" bigint;--> statement-breakpoint
ALTER TABLE "access_keys" ADD COLUMN "last_used_at" bigint;--> statement-breakpoint
ALTER TABLE "topic_grants" ADD CONSTRAINT "topic_grants_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- What organisations did before topics were granted goes on; administrators narrow it (`penstock topics`).
INSERT INTO "topic_grants" ("org_id", "pattern", "may_read", "may_write", "created_at")
SELECT "org_id", '*', true, true, "created_at" FROM "organizations";
