CREATE TABLE "instances" (
	"instance_id" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"version" text NOT NULL,
	"node" text NOT NULL,
	"url" text NOT NULL,
	"supervises" boolean NOT NULL,
	"started_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL,
	"clock_offset_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "instances_by_sign" ON "instances" USING btree ("seen_at");