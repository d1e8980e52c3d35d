-- What a page of users tells of each is read from indexes alone: how many tokens somebody has, and in which groups.
DROP INDEX permanent_tokens_of_user;
CREATE INDEX permanent_tokens_of_user ON permanent_tokens (user_id, environment);
DROP INDEX memberships_of_user;
CREATE INDEX memberships_of_user ON memberships (user_id, group_id);

-- Pages list users by name, also those of one kind, those who are kept out, and those of an organisation.
CREATE INDEX users_by_kind_and_name ON users (kind, name_folded, id);
CREATE INDEX users_by_ban_and_name ON users (banned, name_folded, id);
CREATE INDEX users_of_organisation_by_name ON users (organisation, name_folded, id);
