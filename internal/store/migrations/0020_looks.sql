-- What the dashboard counts and the sweep for forgotten tokens looks for, each by an index of its own.
CREATE INDEX permanent_tokens_never_used ON permanent_tokens (id) WHERE last_used_at = 0;
CREATE INDEX permanent_tokens_by_end ON permanent_tokens (expires_at, id) WHERE expires_at > 0;
CREATE INDEX permanent_tokens_of_many ON permanent_tokens (id) WHERE services LIKE '%,%';
CREATE INDEX permanent_tokens_suspended ON permanent_tokens (id) WHERE suspended = TRUE;

-- Users who are not people who may sign in: they are few, and everybody else is known by number.
CREATE INDEX users_apart ON users (id) WHERE kind <> 'person' OR banned = TRUE;

-- How many events of an action there are in an environment is told by the index alone.
DROP INDEX events_by_action;
CREATE INDEX events_by_action ON events (action, at, id, environment);
