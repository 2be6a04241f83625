CREATE TABLE "own_libraries" (
	"org_id" text NOT NULL,
	"library" text NOT NULL,
	"hash" text NOT NULL,
	"operators" jsonb NOT NULL,
	"package" text NOT NULL,
	CONSTRAINT "own_libraries_org_id_library_pk" PRIMARY KEY("org_id","library")
);
--> statement-breakpoint
ALTER TABLE "own_libraries" ADD CONSTRAINT "own_libraries_org_id_organizations_org_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organizations"("org_id") ON DELETE cascade ON UPDATE no action;