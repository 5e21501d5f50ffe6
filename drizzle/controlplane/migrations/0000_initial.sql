CREATE TABLE "apis" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"listen_host" text NOT NULL,
	"listen_path" text NOT NULL,
	"settings" jsonb NOT NULL,
	"document" text,
	"version" integer DEFAULT 1 NOT NULL,
	"revision" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"seq" integer PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"at_ms" bigint NOT NULL,
	"actor" jsonb NOT NULL,
	"action" text NOT NULL,
	"target" jsonb NOT NULL,
	"diff" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "call_batches" (
	"batch_id" text PRIMARY KEY NOT NULL,
	"node" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"dropped_records" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calls" (
	"at" timestamp with time zone NOT NULL,
	"cluster" text NOT NULL,
	"api" text,
	"operation" text,
	"key" text,
	"method" text NOT NULL,
	"status" integer NOT NULL,
	"reason" text,
	"count" integer NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	"total_buckets" integer[] NOT NULL,
	"total_counts" integer[] NOT NULL,
	"upstream_buckets" integer[] NOT NULL,
	"upstream_counts" integer[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "key_events" (
	"cursor" integer PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"key" jsonb,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"hint" text NOT NULL,
	"name" text NOT NULL,
	"record" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"id" text PRIMARY KEY NOT NULL,
	"cluster" text NOT NULL,
	"tags" jsonb NOT NULL,
	"hostname" text NOT NULL,
	"version" text NOT NULL,
	"listen" text NOT NULL,
	"connected" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"desired" jsonb,
	"applied" jsonb,
	"rejected" jsonb,
	"quarantined" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"figures" jsonb,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "plane_state" (
	"id" integer PRIMARY KEY NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"key_cursor" integer DEFAULT 0 NOT NULL,
	"audit_seq" integer DEFAULT 0 NOT NULL,
	"audit_hash" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policies" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"body" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"revision" integer PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"hash" text NOT NULL,
	"summary" text NOT NULL,
	"actor" jsonb NOT NULL,
	"apis" integer NOT NULL,
	"policies" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "apis_listen" ON "apis" USING btree ("listen_host","listen_path");--> statement-breakpoint
CREATE INDEX "call_batches_received" ON "call_batches" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "calls_at" ON "calls" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "keys_hash" ON "keys" USING btree ("hash");