-- Networks and programs in which people have signed in and that nobody needs to ask them about any more.
CREATE TABLE known_places (
	user_id  TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	trait    TEXT   NOT NULL,
	known_at BIGINT NOT NULL,
	PRIMARY KEY (user_id, trait)
);

-- Forms that wait for a sign-in and are longer than a cookie. They are sealed, and end soon.
CREATE TABLE kept_forms (
	digest  BYTEA  NOT NULL PRIMARY KEY,
	holder  TEXT   NOT NULL,
	sealed  BYTEA  NOT NULL,
	size    BIGINT NOT NULL,
	ends_at BIGINT NOT NULL
);
CREATE INDEX kept_forms_of_holder ON kept_forms (holder, ends_at);
CREATE INDEX kept_forms_by_end ON kept_forms (ends_at);
