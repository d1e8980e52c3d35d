-- What the dashboard draws: how often something happened in an hour, by label. Old hours are deleted by whoever adds.
CREATE TABLE history (
	environment TEXT   NOT NULL,
	measure     TEXT   NOT NULL,
	at          BIGINT NOT NULL,
	label       TEXT   NOT NULL,
	count       BIGINT NOT NULL,
	PRIMARY KEY (environment, measure, at, label)
);
CREATE INDEX history_by_time ON history (at);
