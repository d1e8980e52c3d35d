// oauth4webapi: the same endpoints, one request and one checked answer at a time.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { inTurn, send, told } from './person.mjs'

const production = new URL(told.issuer)
const test = new URL(told.issuer + '/test')
const { wiki, phone, robot, modern, trial } = told

const basic = ({ id, secret }) => [{ client_id: id }, oauth.ClientSecretBasic(secret)]
const none = ({ id }) => [{ client_id: id }, oauth.None()]

async function discover(algorithm = 'oidc', issuer = production) {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm }))
}

/** What a browser brings back: parameters of a query, a fragment or a form. */
async function parameters(back) {
  if (back instanceof URL) return back.searchParams
  return new URLSearchParams(await oauth.formPostResponse(back))
}

/** Code flow with PKCE; gives the checked tokens. */
async function signIn(server, [client, authentication], redirect_uri, scope, { push = false, nonce, ...more } = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  let query = new URLSearchParams({
    client_id: client.client_id, response_type: 'code', redirect_uri, scope, state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256', ...(nonce && { nonce }), ...more,
  })
  if (push) {
    const response = await oauth.pushedAuthorizationRequest(server, client, authentication, query)
    assert.equal(response.status, 201)
    const { request_uri, expires_in } = await oauth.processPushedAuthorizationResponse(server, client, response)
    assert.equal(expires_in, 90)
    query = new URLSearchParams({ client_id: client.client_id, request_uri })
  }
  const back = await send(`${server.authorization_endpoint}?${query}`)
  const answer = oauth.validateAuthResponse(server, client, await parameters(back), state)
  const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, redirect_uri, verifier)
  assert.match(response.headers.get('cache-control'), /no-store/)
  return oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, maxAge: more.max_age && Number(more.max_age) })
}

const refused = (error, status) => (thrown) => {
  assert.equal(thrown.code, oauth.RESPONSE_BODY_ERROR, thrown.stack)
  assert.equal(thrown.error, error)
  assert.equal(thrown.status, status)
  return true
}

async function discovery() {
  for (const issuer of [production, test]) {
    const oidc = await discover('oidc', issuer)
    assert.deepEqual(await discover('oauth2', issuer), oidc) // RFC 8414, whose well-known path goes before that of the issuer
    const resource = await oauth.processResourceDiscoveryResponse(issuer, await oauth.resourceDiscoveryRequest(issuer)) // RFC 9728
    assert.deepEqual(resource.authorization_servers, [issuer.href.replace(/\/$/, '')])
  }
}

/** The test environment is an issuer of its own. */
async function apart() {
  const server = await discover('oauth2', test)
  const tokens = await signIn(server, none(trial), trial.back, 'openid', { nonce: oauth.generateRandomNonce() })
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).iss, server.issuer)
}

/** Access tokens are checked offline as RFC 9068 section 4 says. */
async function checkedAccessToken() {
  const server = await discover()
  const tokens = await signIn(server, basic(wiki), wiki.back, 'wiki')
  assert.equal(tokens.id_token, undefined)
  const request = (token) => new Request(wiki.back, { headers: { authorization: `Bearer ${token}` } })
  const claims = await oauth.validateJwtAccessToken(server, request(tokens.access_token), wiki.id)
  assert.equal(claims.client_id, wiki.id)
  assert.equal(claims.scope, 'wiki')
  await assert.rejects(oauth.validateJwtAccessToken(server, request(tokens.access_token), modern.id))
}

/** A public client, through refresh, userinfo and revocation. */
async function open() {
  const server = await discover()
  const as = none(phone)
  const [client, authentication] = as
  const tokens = await signIn(server, as, phone.back, 'openid profile offline_access', { nonce: oauth.generateRandomNonce(), max_age: '600' })
  const { sub } = oauth.getValidatedIdTokenClaims(tokens)
  const person = await oauth.processUserInfoResponse(server, client, sub, await oauth.userInfoRequest(server, client, tokens.access_token))
  assert.equal(person.preferred_username, told.person)
  const refresh = async (text) => oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, authentication, text))
  const next = await refresh(tokens.refresh_token)
  assert.notEqual(next.refresh_token, tokens.refresh_token)
  assert.equal(oauth.getValidatedIdTokenClaims(next).sub, sub)
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, next.refresh_token))
  await assert.rejects(refresh(next.refresh_token), refused('invalid_grant', 400))
  const asked = oauth.userInfoRequest(server, client, 'no.such.token').then((response) => oauth.processUserInfoResponse(server, client, sub, response))
  await assert.rejects(asked, (thrown) => {
    assert.equal(thrown.code, oauth.WWW_AUTHENTICATE_CHALLENGE, thrown.stack)
    assert.equal(thrown.status, 401)
    assert.deepEqual(thrown.cause.map((challenge) => challenge.scheme), ['bearer'])
    return true
  })
}

async function pushed() {
  const server = await discover()
  const as = basic(modern)
  const withQuery = modern.back + '?from=hub'
  const nonce = oauth.generateRandomNonce()
  assert.ok(oauth.getValidatedIdTokenClaims(await signIn(server, as, withQuery, 'openid', { push: true, nonce })).sub)
  assert.ok(oauth.getValidatedIdTokenClaims(await signIn(server, as, withQuery, 'openid', { push: true, nonce, response_mode: 'form_post' })).sub)
  const wrong = oauth.pushedAuthorizationRequest(server, as[0], oauth.ClientSecretBasic('another'), { response_type: 'code', redirect_uri: modern.back, scope: 'openid' })
  await assert.rejects(wrong.then((response) => oauth.processPushedAuthorizationResponse(server, as[0], response)), (thrown) => {
    assert.equal(thrown.code, oauth.WWW_AUTHENTICATE_CHALLENGE, thrown.stack)
    assert.equal(thrown.status, 401)
    return true
  })
  // It must push; a request in the URL is sent back to it.
  const bare = new URLSearchParams({ client_id: modern.id, response_type: 'code', redirect_uri: modern.back, scope: 'openid', state: 's' })
  const back = await send(`${server.authorization_endpoint}?${bare}`)
  assert.throws(() => oauth.validateAuthResponse(server, as[0], back, 's'), (thrown) => {
    assert.equal(thrown.code, oauth.AUTHORIZATION_RESPONSE_ERROR, thrown.stack)
    assert.equal(thrown.error, 'invalid_request')
    return true
  })
}

async function hybrid() {
  const server = await discover()
  const [client, authentication] = basic(wiki)
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const query = new URLSearchParams({
    client_id: wiki.id, response_type: 'code id_token', redirect_uri: wiki.back, scope: 'openid', state, nonce, max_age: '600',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  })
  const back = await send(`${server.authorization_endpoint}?${query}`)
  const answer = await oauth.validateCodeIdTokenResponse(server, client, back, nonce, state, 600)
  const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, wiki.back, verifier)
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true })
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).iss, told.issuer)
}

async function machine() {
  const server = await discover()
  const [client, authentication] = basic(robot)
  const ask = async (scope) => oauth.processClientCredentialsResponse(server, client, await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope }))
  const tokens = await ask('wiki')
  assert.equal(tokens.token_type, 'bearer') // the library writes it small
  await assert.rejects(ask('nowhere'), refused('invalid_scope', 400))
  const introspect = async ([asking, its], token) =>
    oauth.processIntrospectionResponse(server, asking, await oauth.introspectionRequest(server, asking, its, token))
  const live = await introspect(basic(wiki), tokens.access_token)
  assert.equal(live.active, true)
  assert.equal(live.client_id, robot.id)
  assert.deepEqual(await introspect(basic(modern), tokens.access_token), { active: false }) // not its business
  assert.deepEqual(await introspect(basic(wiki), 'nobody ever got this'), { active: false })
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, tokens.access_token))
  assert.deepEqual(await introspect(basic(wiki), tokens.access_token), { active: false })
}

await inTurn({ discovery, apart, checkedAccessToken, open, pushed, hybrid, machine })
