-- The second wall between tenants. Inside forOrg() the connection takes the role causeway_tenant, which row-level
-- security confines to the rows of the setting causeway.org; a query that forgot its organisation then finds nothing.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'causeway_tenant') THEN
    CREATE ROLE causeway_tenant NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
GRANT causeway_tenant TO CURRENT_USER;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO causeway_tenant;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships, teams, environments, deployments, runs, run_steps, run_events,
  enrolment_tokens, nodes, api_tokens TO causeway_tenant;
--> statement-breakpoint
GRANT SELECT, UPDATE ON organisations TO causeway_tenant;
--> statement-breakpoint
GRANT SELECT, INSERT ON audit TO causeway_tenant;
--> statement-breakpoint
GRANT SELECT (id, email, name, email_verified_at) ON users TO causeway_tenant;
--> statement-breakpoint
DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['memberships', 'teams', 'environments', 'deployments', 'runs', 'run_steps',
    'run_events', 'enrolment_tokens', 'nodes', 'api_tokens', 'audit']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO causeway_tenant USING (org_id = current_setting(''causeway.org'', true))
       WITH CHECK (org_id = current_setting(''causeway.org'', true))', tenant_table);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY tenant ON organisations TO causeway_tenant USING (id = current_setting('causeway.org', true));
--> statement-breakpoint
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY tenant ON users FOR SELECT TO causeway_tenant USING (
  EXISTS (SELECT FROM memberships WHERE memberships.user_id = users.id));
