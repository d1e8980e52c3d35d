-- What nodes of one hub share to get certificates by ACME; values are sealed.
CREATE TABLE shelf (
	key      TEXT   NOT NULL PRIMARY KEY,
	value    BYTEA  NOT NULL,
	saved_at BIGINT NOT NULL
);

-- Who does something that only one node does at a time. A lease whose beat stands still has lost its holder.
CREATE TABLE leases (
	name   TEXT   NOT NULL PRIMARY KEY,
	holder TEXT   NOT NULL,
	beat   BIGINT NOT NULL
);
