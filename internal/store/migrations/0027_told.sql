-- What concerns a user is told by kind, as sign-ins alone: the action beside the time spares a look at each event of another kind.
DROP INDEX events_by_author;
CREATE INDEX events_by_author ON events (author_id, at, id, action);
DROP INDEX events_by_target;
CREATE INDEX events_by_target ON events (target_id, at, id, action);
DROP INDEX events_by_owner;
CREATE INDEX events_by_owner ON events (owner_id, at, id, action) WHERE owner_id <> '';
