ALTER TABLE "samples" ADD COLUMN "dropped" bigint;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "worker_id" text;--> statement-breakpoint
ALTER TABLE "samples" ADD COLUMN "counted_since" bigint;