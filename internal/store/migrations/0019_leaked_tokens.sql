-- What a reported text says of itself if it is a signed access token of ours: of those nothing else is kept that could be looked
-- for. All empty: it was none.
ALTER TABLE leak_reports ADD COLUMN environment TEXT NOT NULL DEFAULT '';
ALTER TABLE leak_reports ADD COLUMN token_id TEXT NOT NULL DEFAULT '';
ALTER TABLE leak_reports ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE leak_reports ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
