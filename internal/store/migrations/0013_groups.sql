-- Groups in groups: whoever is in the child is in the parent too. Cycles are refused by whoever writes here.
CREATE TABLE subgroups (
	parent_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
	child_id  TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
	PRIMARY KEY (parent_id, child_id)
);
CREATE INDEX subgroups_of_child ON subgroups (child_id);

-- Groups which people join by themselves, and days in which a new member may still sign in without a second factor.
ALTER TABLE user_groups ADD COLUMN auto_join BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE user_groups ADD COLUMN auto_join_domain TEXT NOT NULL DEFAULT '';
ALTER TABLE user_groups ADD COLUMN two_factor_grace BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_groups ADD COLUMN two_factor_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE memberships ADD COLUMN since BIGINT NOT NULL DEFAULT 0;

-- Who is meant by the id of a user that was deleted or merged into another.
CREATE TABLE successors (
	former_id TEXT NOT NULL PRIMARY KEY,
	user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX successors_of_user ON successors (user_id);
