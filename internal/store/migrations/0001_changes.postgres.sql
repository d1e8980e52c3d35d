-- What changed, for those who keep it in memory. Numbers are never given twice, also not after old ones were removed.
CREATE TABLE changes (
	seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at          BIGINT NOT NULL,
	kind        TEXT   NOT NULL,
	environment TEXT   NOT NULL,
	id          TEXT   NOT NULL
);

CREATE INDEX changes_at_index ON changes (at);
