-- Answers to requests that their sender may send again (Idempotency-Key). The answer is sealed, since a secret may be in it,
-- and empty while the request is at work.
CREATE TABLE kept_answers (
	digest     BYTEA  NOT NULL PRIMARY KEY,
	caller     TEXT   NOT NULL,
	request    BYTEA  NOT NULL,
	sealed     BYTEA  NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE INDEX kept_answers_of_caller ON kept_answers (caller, created_at);
CREATE INDEX kept_answers_by_age ON kept_answers (created_at);
