import json, os, urllib.request

request = urllib.request.Request("{issuer}/api/rest/users/me", headers={"Authorization": "Bearer " + os.environ["HUB_SECRET"]})
with urllib.request.urlopen(request) as answer:
    print(json.load(answer)["id"])
