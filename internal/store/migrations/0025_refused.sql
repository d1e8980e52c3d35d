-- People see what was refused to whoever used their name.
CREATE INDEX refusals_by_user ON refusals (user_id, at) WHERE user_id <> '';
