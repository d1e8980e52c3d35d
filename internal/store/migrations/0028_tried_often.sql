-- How often an unregistered redirect URI was tried tells a mistake of one from that of many.
ALTER TABLE tried_redirect_uris ADD COLUMN attempts BIGINT NOT NULL DEFAULT 1;
