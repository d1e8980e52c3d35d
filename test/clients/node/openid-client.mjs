// openid-client, as its own documentation uses it.
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { inTurn, send, told } from './person.mjs'

const issuer = new URL(told.issuer)
const { wiki, phone, robot, modern, signer } = told

/** The code flow with PKCE, state and nonce; push sends the request to the hub first (RFC 9126). */
async function signIn(config, redirect_uri, scope, { push = false, jar, ...more } = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const parameters = {
    redirect_uri, scope, state, nonce, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
  }
  let address
  if (jar) address = await client.buildAuthorizationUrlWithJAR(config, parameters, jar)
  else if (push) address = await client.buildAuthorizationUrlWithPAR(config, parameters)
  else address = client.buildAuthorizationUrl(config, parameters)
  const back = await send(address)
  return client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: more.max_age && Number(more.max_age),
  })
}

const refused = (error, status = 400) => (thrown) => {
  assert.equal(thrown.error, error, thrown.stack)
  assert.equal(thrown.status, status)
  return true
}

async function confidential(authentication) {
  const config = await client.discovery(issuer, wiki.id, undefined, authentication(wiki.secret))
  const tokens = await signIn(config, wiki.back, 'openid profile email offline_access wiki', { max_age: '600' })
  const { sub } = tokens.claims()
  assert.equal(tokens.expires_in, 3600)
  const person = await client.fetchUserInfo(config, tokens.access_token, sub)
  assert.equal(person.email, `${told.person}@example.test`)

  const again = await client.refreshTokenGrant(config, tokens.refresh_token)
  assert.equal(again.refresh_token ?? tokens.refresh_token, tokens.refresh_token)
  assert.equal(again.claims().sub, sub)
  const less = await client.refreshTokenGrant(config, tokens.refresh_token, { scope: 'wiki' })
  assert.equal(less.scope, 'wiki')
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, { scope: 'wiki robot' }), refused('invalid_scope'))

  const live = await client.tokenIntrospection(config, again.access_token)
  assert.equal(live.active, true)
  assert.equal(live.sub, sub)
  assert.equal(live.username, told.person)
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' })
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), refused('invalid_grant'))
  assert.deepEqual(await client.tokenIntrospection(config, again.access_token), { active: false })
  await assert.rejects(client.fetchUserInfo(config, again.access_token, sub), (thrown) => thrown.cause[0].parameters.error === 'invalid_token')
  await client.tokenRevocation(config, 'nobody ever got this')
}

async function open() {
  const config = await client.discovery(issuer, phone.id, undefined, client.None())
  const tokens = await signIn(config, phone.back, 'openid offline_access')
  const [next, ...others] = await Promise.all(Array.from({ length: 8 }, () => client.refreshTokenGrant(config, tokens.refresh_token))) // tabs
  assert.notEqual(next.refresh_token, tokens.refresh_token)
  for (const other of others) assert.equal(other.refresh_token, next.refresh_token)
  await client.tokenRevocation(config, next.refresh_token)
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), refused('invalid_grant'))
}

async function pushed() {
  const config = await client.discovery(issuer, modern.id, undefined, client.ClientSecretBasic(modern.secret))
  const tokens = await signIn(config, modern.back, 'openid', { push: true })
  assert.ok(tokens.claims().sub)
  await assert.rejects(client.buildAuthorizationUrlWithPAR(config, { redirect_uri: 'https://elsewhere.example.test/', scope: 'openid' }), refused('invalid_request'))
  const posted = await signIn(config, modern.back, 'openid', { push: true, response_mode: 'form_post' })
  assert.ok(posted.claims().sub)
}

/** A client that has a key instead of a secret (RFC 7523), and signs its requests with it (RFC 9101). */
async function signed() {
  const key = await crypto.subtle.importKey('jwk', signer.key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  const config = await client.discovery(issuer, signer.id, { token_endpoint_auth_method: 'private_key_jwt' }, client.PrivateKeyJwt({ key, kid: signer.key.kid }))
  assert.ok((await signIn(config, signer.back, 'openid')).claims().sub)
  assert.ok((await signIn(config, signer.back, 'openid', { push: true })).claims().sub)
  assert.ok((await signIn(config, signer.back, 'openid', { jar: { key, kid: signer.key.kid } })).claims().sub)
}

async function machine() {
  const config = await client.discovery(issuer, robot.id, undefined, client.ClientSecretPost(robot.secret))
  const tokens = await client.clientCredentialsGrant(config, { scope: 'wiki' })
  assert.equal(tokens.scope, 'wiki')
  assert.equal(tokens.refresh_token, undefined)
  const live = await client.tokenIntrospection(config, tokens.access_token)
  assert.equal(live.active, true)
  const wrong = await client.discovery(issuer, robot.id, undefined, client.ClientSecretBasic('another'))
  await assert.rejects(client.clientCredentialsGrant(wrong), (thrown) => thrown.error === 'invalid_client' || thrown.status === 401)
}

/** What comes back through the browser: hybrid with c_hash and s_hash checked, and an ID token alone. */
async function throughTheBrowser() {
  for (const response_mode of [undefined, 'form_post']) {
    const more = response_mode ? { response_mode } : {}
    const hybrid = await client.discovery(issuer, wiki.id, undefined, client.ClientSecretBasic(wiki.secret), { execute: [client.useCodeIdTokenResponseType] })
    assert.ok((await signIn(hybrid, wiki.back, 'openid', more)).claims().sub)

    const implicit = await client.discovery(issuer, wiki.id, undefined, client.None(), { execute: [client.useIdTokenResponseType] })
    const nonce = client.randomNonce()
    const state = client.randomState()
    const back = await send(client.buildAuthorizationUrl(implicit, { redirect_uri: wiki.back, scope: 'openid email', nonce, state, ...more }))
    const claims = await client.implicitAuthentication(implicit, back, nonce, { expectedState: state })
    assert.equal(claims.email, `${told.person}@example.test`)
  }
}

/** A device shows a code, and the person allows it in their own browser. */
async function device() {
  const config = await client.discovery(issuer, phone.id, undefined, client.None())
  const shown = await client.initiateDeviceAuthorization(config, { scope: 'openid offline_access' })
  await send(shown.verification_uri_complete)
  const tokens = await client.pollDeviceAuthorizationGrant(config, shown)
  assert.ok(tokens.claims().sub)
  assert.ok(tokens.refresh_token)
}

/** A service that registers itself (RFC 7591), signs a person in, and is gone again. */
async function registered() {
  const back = 'https://newcomer.example.test/cb'
  const config = await client.dynamicClientRegistration(issuer, { redirect_uris: [back], client_name: 'Newcomer', scope: 'openid email', token_endpoint_auth_method: 'client_secret_post' })
  const { client_id, client_secret, registration_access_token, registration_client_uri } = config.clientMetadata()
  assert.ok(client_id && client_secret)
  assert.ok((await signIn(config, back, 'openid email')).claims().sub)
  const manage = (method, body) =>
    fetch(registration_client_uri, { method, body, headers: { authorization: `Bearer ${registration_access_token}`, ...(body && { 'content-type': 'application/json' }) } })
  const read = await manage('GET')
  assert.equal(read.status, 200)
  assert.equal((await read.json()).client_id, client_id)
  assert.equal((await manage('DELETE')).status, 204)
  assert.equal((await manage('GET')).status, 401)
  await assert.rejects(client.dynamicClientRegistration(issuer, { redirect_uris: ['https://newcomer.example.test/cb#fragment'] }), refused('invalid_redirect_uri'))
}

async function signedOut() {
  const config = await client.discovery(issuer, wiki.id, undefined, client.ClientSecretBasic(wiki.secret))
  const tokens = await signIn(config, wiki.back, 'openid')
  const back = await send(client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: wiki.bye, state: 'gone' }))
  assert.equal(back.href, wiki.bye + '?state=gone')
  await assert.rejects(signIn(config, wiki.back, 'openid', { prompt: 'none' }), (thrown) => thrown.error === 'login_required')
}

await inTurn({
  'secret in the header': () => confidential(client.ClientSecretBasic), 'secret in the form': () => confidential(client.ClientSecretPost),
  open, pushed, signed, machine, device, registered, throughTheBrowser, signedOut,
})
