-- What one source has waiting over all clients is bounded too.
CREATE INDEX pushed_requests_of_source ON pushed_requests (environment, source, stashed, ends_at, size, sent_at);
CREATE INDEX device_grants_of_source ON device_grants (environment, source, ends_at);
