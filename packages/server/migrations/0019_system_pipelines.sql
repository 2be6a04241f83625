ALTER TABLE "pipeline_lineages" ADD COLUMN "reads" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "pipeline_lineages" ADD COLUMN "writes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "pipeline_lineages" ADD COLUMN "flows" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
-- What topics a version that was released before reads and writes is found out again when somebody asks.
UPDATE "pipeline_lineages" SET "version_number" = 0;
