-- Authorization requests that were sent ahead of the browser, until they are answered.
CREATE TABLE pushed_requests (
	digest      BYTEA   NOT NULL PRIMARY KEY,
	environment TEXT    NOT NULL,
	client_id   TEXT    NOT NULL,
	stashed     BOOLEAN NOT NULL,
	document    TEXT    NOT NULL,
	size        BIGINT  NOT NULL,
	opened_at   BIGINT  NOT NULL,
	ends_at     BIGINT  NOT NULL
);
CREATE INDEX pushed_requests_of_client ON pushed_requests (environment, client_id, stashed, ends_at, size);
CREATE INDEX pushed_requests_by_end ON pushed_requests (ends_at);
