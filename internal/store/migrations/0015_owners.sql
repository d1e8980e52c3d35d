-- Whose credential an event is about, where somebody else did it, so that its owner finds it; as the event's details say. Events
-- from before do not tell.
ALTER TABLE events ADD COLUMN owner_id TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_owner ON events (owner_id, at, id) WHERE owner_id <> '';

-- When an app was last used from an address of its allowlist.
ALTER TABLE allowed_addresses ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;
