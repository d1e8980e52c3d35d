package matrix_test

import (
	"strings"

	"example.org/hub/test/blackbox"
)

// table is the matrix: a row for each door, in it a cell for each control.
func table() map[string]map[string]verdict {
	return map[string]map[string]verdict{
		signInForm: {
			bannedAccount:    closes(banned),
			disabledClient:   cannot("the form asks for a person's name and password; no service, app or API client takes part before somebody is signed in"),
			lockOut:          locks(wrongSignIn),
			ipAllowlist:      cannot("people sign in from anywhere: only apps and permanent tokens have an allowlist"),
			environmentBound: shared("people, their passwords and their sessions belong to both environments"),
			groupFactor:      closes(factorRequired),
			scopeConfinement: cannot("a session has no scope; what a service gets for it is confined where the code is redeemed"),
			audienceBound:    cannot("a session is for the hub's own pages and is no token that an API could be shown"),
			consentGone:      cannot("to sign in is to allow no service anything; who withdrew a consent signs in and is asked anew"),
			passwordIsNew:    closes(passwordChanged),
			expiry:           cannot("a password of one's own has no end; the session that it opens has, and is tried at the second factor"),
			oneEvent:         leavesATrace(func(s *scene, who *subject) step { return wrongSignIn(s, who, who.login) }),
		},
		passwordGrant: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(servicePath), deleted(servicePath)),
			lockOut:          locks(wrongPassword),
			ipAllowlist:      cannot("a service that takes passwords has no allowlist, and neither has the person whose password it is"),
			environmentBound: elsewhere(readyPassword),
			groupFactor:      closes(factorRequired),
			scopeConfinement: confines(passwordToken),
			audienceBound:    addresses(passwordToken),
			consentGone:      cannot("who types the password into a service has allowed it by that; there is no page on which to consent, so nothing is kept to withdraw"),
			passwordIsNew:    closes(passwordChanged),
			expiry:           cannot("the password that is sent has no end of its own, and the client's secret is tried in the row of client credentials"),
			oneEvent:         leavesATrace(func(s *scene, who *subject) step { return wrongPassword(s, who, who.login) }),
		},
		appPassword: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(servicePath), deleted(servicePath)),
			lockOut:          locks(wrongPassword),
			ipAllowlist:      cannot("an application password can be used from anywhere, so that a mail program on a journey works"),
			environmentBound: elsewhere(readyApplicationPassword),
			groupFactor:      stays("an application password is what programs use that cannot ask for a second factor, and opens no pages", factorRequired),
			scopeConfinement: confines(applicationToken),
			audienceBound:    addresses(applicationToken),
			consentGone:      cannot("the application password itself is the consent; it is taken back by deleting it"),
			passwordIsNew:    stays("an application password is a credential of its own, kept when the password changes, and deleted by itself", passwordChanged),
			expiry:           cannot("an application password lives until it is deleted; it has no end in the database"),
			oneEvent:         leavesATrace(func(s *scene, who *subject) step { return wrongPassword(s, who, who.login) }),
		},
		appBasic: {
			bannedAccount:    closes(banned),
			disabledClient:   cannot("HTTP Basic with an application password comes from a program that is registered nowhere"),
			lockOut:          locks(wrongBasic),
			ipAllowlist:      cannot("application passwords have no allowlist, over HTTP Basic as little as in the password grant"),
			environmentBound: shared("an application password belongs to a person, as the password does, and people are shared"),
			groupFactor:      stays("programs that use HTTP Basic cannot be asked for a second factor; the application password opens no administration", factorRequired),
			scopeConfinement: tried(basicAdministersNothing),
			audienceBound:    tried(basicIsNoBearer),
			consentGone:      cannot("no service asks here: the person's own program speaks to the hub itself"),
			passwordIsNew:    stays("deleting it ends an application password, changing another credential does not", passwordChanged),
			expiry:           cannot("HTTP Basic opens no session, and what is sent with each request has no end"),
			oneEvent:         leavesATrace(func(s *scene, who *subject) step { return wrongBasic(s, who, who.login) }),
		},
		permanentToken: {
			bannedAccount:    closes(banned),
			disabledClient:   cannot("a permanent token was issued to a person and not to a client that could be switched off; services of its scope are tried at forward-auth"),
			lockOut:          slows(wrongBearer),
			ipAllowlist:      tried(tokenFromElsewhere),
			environmentBound: elsewhere(readyPermanentToken),
			groupFactor:      stays("a group's second factor never blocks a permanent token, be its owner a bot or not", factorRequired),
			scopeConfinement: tried(tokenAdministersNothing),
			audienceBound:    tried(tokenForTheAPIAlone),
			consentGone:      cannot("a permanent token is made by its owner, who deletes it; no consent stands behind it"),
			passwordIsNew:    stays("a permanent token is there so that scripts outlive changes of the password", passwordChanged),
			expiry:           closes(tokenEnded),
			oneEvent:         leavesATrace(wrongBearer),
		},
		machines: {
			bannedAccount:    closesTo(readyClient, banned),
			disabledClient:   tried(noMachine),
			lockOut:          slows(wrongMachine),
			ipAllowlist:      tried(appFromElsewhere(func(s *scene, who *subject) step { return readyAppAt(s, who, tokenPath) })),
			environmentBound: elsewhere(readyMachine),
			groupFactor:      stays("a service that acts on its own behalf is in no group, and an API client is a machine", factorRequired),
			scopeConfinement: confines(machineToken),
			audienceBound:    addresses(machineToken),
			consentGone:      cannot("a machine that asks for itself has nobody's consent to lose"),
			passwordIsNew:    stays("an API client has a secret of its own, which the owner's password does not touch", passwordChanged),
			expiry:           closes(secretEnded(func(who *subject) string { return who.robot }, readyMachine)),
			oneEvent:         leavesATrace(wrongMachine),
		},
		createToken: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(clientPath), deleted(clientPath)),
			lockOut:          slows(wrongCreateToken),
			ipAllowlist:      tried(appFromElsewhere(func(s *scene, who *subject) step { return readyAppAt(s, who, "/oauth/create_token") })),
			environmentBound: elsewhere(readyCreateToken),
			groupFactor:      stays("an API client is a machine's credential: nobody is there to be asked for a factor", factorRequired),
			scopeConfinement: confines(createdToken),
			audienceBound:    addressesAnother(createdToken),
			consentGone:      cannot("an API client acts for the user who made it; deleting it is how that is taken back"),
			passwordIsNew:    stays("the secret of an API client lives on when its owner's password changes", passwordChanged),
			expiry:           closes(secretEnded(func(who *subject) string { return who.client }, readyCreateToken)),
			oneEvent:         leavesATrace(wrongCreateToken),
		},
		login: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(appPath), deleted(appPath)),
			lockOut:          slows(wrongLogin),
			ipAllowlist:      tried(appFromElsewhere(readyLoginFrom)),
			environmentBound: elsewhere(readyLogin),
			groupFactor:      stays("an app is a machine's credential; its developer is asked for the factor when the key is shown", factorRequired),
			scopeConfinement: confines(loginToken),
			audienceBound:    addressesAnother(loginToken),
			consentGone:      cannot("the developer's own app asks; it is switched off or deleted rather than withdrawn"),
			passwordIsNew:    stays("the key of an app lives on when its developer's password changes", passwordChanged),
			expiry:           closes(keyEnded),
			oneEvent:         leavesATrace(wrongLogin),
		},
		codeRedemption: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(servicePath), deleted(servicePath)),
			lockOut:          keepsRate(wrongCode),
			ipAllowlist:      cannot("services have no allowlist; the code is bound to its client, which proves itself"),
			environmentBound: elsewhere(readyCode),
			groupFactor:      tried(noCodeWithoutFactor),
			scopeConfinement: confines(codeToken),
			audienceBound:    addresses(codeToken),
			consentGone:      closes(consentWithdrawn),
			passwordIsNew:    closes(passwordChanged),
			expiry:           closes(ended(codeEnded)),
			oneEvent:         leavesATrace(wrongCode),
		},
		refresh: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(servicePath), deleted(servicePath)),
			lockOut:          keepsRate(wrongRefresh),
			ipAllowlist:      cannot("a refresh token is bound to its client and to no address: phones change theirs all the time"),
			environmentBound: elsewhere(readyRefresh),
			groupFactor:      closes(factorRequired),
			scopeConfinement: confines(refreshedToken),
			audienceBound:    addresses(refreshedToken),
			consentGone:      closes(consentWithdrawn),
			passwordIsNew:    closes(passwordChanged),
			expiry:           tried(refreshTokenEnds),
			oneEvent:         leavesATrace(wrongRefresh),
		},
		devicePolling: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(servicePath), deleted(servicePath)),
			lockOut:          keepsRate(wrongDevice),
			ipAllowlist:      cannot("a device asks from wherever it stands, and the person who allows it sits somewhere else anyway"),
			environmentBound: elsewhere(readyDevice),
			groupFactor:      tried(noDeviceWithoutFactor),
			scopeConfinement: confines(deviceToken),
			audienceBound:    addresses(deviceToken),
			consentGone:      tried(deviceOfAWithdrawnConsent),
			passwordIsNew:    closes(passwordChanged),
			expiry:           closes(ended(deviceEnded)),
			oneEvent:         leavesATrace(wrongDevice),
		},
		resetCode: {
			bannedAccount:    closes(banned),
			disabledClient:   cannot("a mailed link leads a person to a page of the hub; no client has a part in it"),
			lockOut:          stays("a stranger who guesses at the password must not keep its owner from choosing another", guessedAt),
			ipAllowlist:      cannot("a letter is read wherever its reader is; no address is known beforehand"),
			environmentBound: shared("the password is one for both environments, so a link that changes it works in both"),
			groupFactor:      tried(resetSignsNobodyIn),
			scopeConfinement: cannot("a mailed code opens one form and gives no token whose scope could be confined"),
			audienceBound:    cannot("a mailed code is good for the hub's own form and no API ever sees it"),
			consentGone:      cannot("no service has a part in a forgotten password, so no consent to one matters"),
			passwordIsNew:    closes(passwordChanged),
			expiry:           closes(ended(resetEnded)),
			oneEvent: leavesATrace(func(s *scene, _ *subject) step {
				return func() *blackbox.Answer { return s.restore("nobody-mailed-this", another) }
			}),
		},
		secondFactor: {
			bannedAccount:    closesTo(readySecondFactor, banned),
			disabledClient:   cannot("between password and second factor there are a person and a browser only"),
			lockOut:          tried(wrongFactorsLock),
			ipAllowlist:      cannot("whoever has password and factor may sit anywhere: accounts of people have no allowlist"),
			environmentBound: shared("the session in which the factor is missing is the hub's, not an environment's"),
			groupFactor:      stays("this door is what the group asks for: who proves the factor is let in", factorRequired),
			scopeConfinement: cannot("a code of a second factor finishes a session, and sessions have no scope"),
			audienceBound:    cannot("a code of a second factor is shown to the hub alone, never to an API"),
			consentGone:      cannot("consents are asked for after the second factor, so none can matter before"),
			passwordIsNew:    closesTo(readySecondFactor, passwordChanged),
			expiry:           closes(ended(sessionEnded)),
			oneEvent:         leavesATrace(func(s *scene, who *subject) step { return wrongFactor(s, s.halfway(who), "/auth/second-factor") }),
		},
		recoveryCode: {
			bannedAccount:    closes(banned),
			disabledClient:   cannot("a recovery code replaces a person's lost telephone; machines have none"),
			lockOut:          tried(wrongFactorsLockRecovery),
			ipAllowlist:      cannot("who has lost the second factor is likely in an unusual place: no address is held against that"),
			environmentBound: shared("recovery codes belong to the person, whose half-finished session is known in both environments"),
			groupFactor:      stays("a recovery code is a second factor, so the rule of the group is kept", factorRequired),
			scopeConfinement: cannot("a recovery code finishes a sign-in and carries no scope that could be narrowed"),
			audienceBound:    cannot("a recovery code is typed into a page of the hub and is nothing that an API takes"),
			consentGone:      cannot("a person with a recovery code is not signed in yet, and services are not asked about before that"),
			passwordIsNew:    closes(passwordChanged),
			expiry:           closes(ended(sessionEnded)),
			oneEvent: leavesATrace(func(s *scene, who *subject) step {
				s.enrolled(who)
				return wrongFactor(s, s.halfway(who), "/auth/recovery-code")
			}),
		},
		forwardAuth: {
			bannedAccount:  closes(banned),
			disabledClient: closes(disabled(servicePath), deleted(servicePath)),
			lockOut: slows(func(s *scene, _ *subject) step {
				return func() *blackbox.Answer { return s.forward("no-token-of-anybody") }
			}),
			ipAllowlist:      tried(tokenOfAnAppFromElsewhere),
			environmentBound: elsewhere(readyForwardAuth),
			groupFactor:      stays("a token of a sign-in that was good keeps its hour; the next sign-in is asked for the factor", factorRequired),
			scopeConfinement: confines(codeToken),
			audienceBound:    addresses(machineToken),
			consentGone:      closes(consentWithdrawn),
			passwordIsNew:    closes(passwordChanged),
			expiry:           tried(func(s *scene) { s.refused(s.forward(s.endedToken(s.somebody()))) }),
			oneEvent: leavesATrace(func(s *scene, _ *subject) step {
				return func() *blackbox.Answer { return s.forward("no-token-of-anybody") }
			}),
		},
		introspection: {
			bannedAccount:    closes(banned),
			disabledClient:   closes(disabled(servicePath), deleted(servicePath)),
			lockOut:          slows(wrongIntrospector),
			ipAllowlist:      tried(introspectedFromElsewhere),
			environmentBound: tried(introspectedElsewhere),
			groupFactor:      stays("introspection tells what a token is worth, and tokens of earlier sign-ins keep their hour", factorRequired),
			scopeConfinement: confines(createdToken),
			audienceBound:    addresses(codeToken),
			consentGone:      closes(consentWithdrawn),
			passwordIsNew:    closes(passwordChanged),
			expiry:           tried(func(s *scene) { s.refused(s.asAPI(s.endedToken(s.somebody()))) }),
			oneEvent:         leavesATrace(wrongIntrospector),
		},
	}
}

// Wrong steps, each at its door.

func wrongSignIn(s *scene, _ *subject, name string) step {
	return func() *blackbox.Answer { _, answer := signIn(s, name, "wrong password"); return answer }
}

func wrongPassword(s *scene, who *subject, name string) step {
	return func() *blackbox.Answer { return s.withPassword(who, name, "wrong password", "api") }
}

func wrongBasic(s *scene, _ *subject, name string) step {
	return func() *blackbox.Answer { return s.get(restPath+"/users/me", plainBasic(name, "wrong password")) }
}

func wrongBearer(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.get(restPath+"/users/me", blackbox.Bearer("x"+who.token)) }
}

func wrongMachine(s *scene, who *subject) step {
	return func() *blackbox.Answer {
		return s.form(tokenPath, []string{"grant_type", "client_credentials"}, blackbox.Basic(who.robot, "wrong-secret"))
	}
}

func wrongCreateToken(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.createToken(who.client, "wrong-secret", "api") }
}

func wrongLogin(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.login(who.app, "wrong-key", "api", s.address) }
}

func wrongCode(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.redeem(who, "no-code-of-anybody") }
}

func wrongRefresh(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.refreshed(who, "no-token-of-anybody") }
}

func wrongDevice(s *scene, who *subject) step {
	return func() *blackbox.Answer { return s.poll(who, strings.Repeat("N", 26)) }
}

func wrongFactor(s *scene, b *browser, path string) step {
	return func() *blackbox.Answer { return b.post(path, "code", "000000000") }
}

func wrongIntrospector(s *scene, who *subject) step {
	return func() *blackbox.Answer {
		return s.form("/api/rest/oauth2/introspect", []string{"token", "t"}, blackbox.Basic(who.service, "wrong-secret"))
	}
}
