-- The one row of counters.
INSERT INTO plane_state (id) VALUES (1) ON CONFLICT DO NOTHING;
