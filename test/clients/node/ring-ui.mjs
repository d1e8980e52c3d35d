// A page that signs people in by ring-ui.
import Auth from '@jetbrains/ring-ui-built/components/auth/auth.js'
import Permissions from '@jetbrains/ring-ui-built/components/permissions/permissions.js'

const { serverUri, clientId, scope } = JSON.parse(document.getElementById('config').textContent)
const auth = new Auth({ serverUri, clientId, scope, redirectUri: location.origin + '/', redirect: true })
window.auth = auth
window.permissions = new Permissions(auth, { services: [Auth.DEFAULT_CONFIG.clientId] })

const show = (text) => {
  document.getElementById('who').textContent = text
}

auth
  .init()
  .then(() => auth.requestUser())
  .then(
    (user) => show(user.login),
    (wrong) => show(`failed: ${wrong}`),
  )
