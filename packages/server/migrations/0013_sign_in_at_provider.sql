CREATE TABLE "spent_sign_ins" (
	"state_hash" text PRIMARY KEY NOT NULL,
	"spent_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "is_administrator_by_provider" boolean DEFAULT false NOT NULL;