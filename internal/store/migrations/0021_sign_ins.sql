-- Sign-ins by the hour are counted as their events enter the chain; these have entered it before.
INSERT INTO history (environment, measure, at, label, count)
	SELECT environment, 'sign-in', at / 3600000 * 3600000, '', COUNT(*) FROM events WHERE action = 'user.sign-in' AND position IS NOT NULL
	GROUP BY environment, at / 3600000 * 3600000;
