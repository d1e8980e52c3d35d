import base64, json, os, urllib.parse, urllib.request

secret = os.environ["HUB_SECRET"]
request = urllib.request.Request(
    "{issuer}/api/rest/oauth2/token",
    data=urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "{scope}"}).encode(),
    headers={"Authorization": "Basic " + base64.b64encode(f"{id}:{secret}".encode()).decode()},
)
with urllib.request.urlopen(request) as answer:
    token = json.load(answer)
print(token["token_type"], token["expires_in"])
