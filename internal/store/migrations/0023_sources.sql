-- Where waiting requests and devices came from: of many it is whoever has most who makes room for more.
ALTER TABLE pushed_requests ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE pushed_requests ADD COLUMN sent_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX pushed_requests_of_client;
CREATE INDEX pushed_requests_of_client ON pushed_requests (environment, client_id, stashed, ends_at, size, source, sent_at);
ALTER TABLE device_grants ADD COLUMN source TEXT NOT NULL DEFAULT '';
