import json, os, urllib.parse, urllib.request

form = {"grant_type": "client_credentials", "client_id": "{id}", "client_secret": os.environ["HUB_SECRET"]}
with urllib.request.urlopen("{issuer}/oauth/create_token", urllib.parse.urlencode(form).encode()) as answer:
    token = json.load(answer)
request = urllib.request.Request("{issuer}/api/rest/users/me", headers={"Authorization": "Bearer " + token["access_token"]})
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["id"])
