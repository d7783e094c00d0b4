--- Files and environments, and questions about them: the same for this library and for
-- openstacksdk, whose answers are recorded in spec/fixtures/openstacksdk.json.
--
-- A case has `name`; `files`, by their path below the case's folder, whose `cwd`, `home` and
-- `etc/xdg` are what they are called; `folders`; `env`, with "@" for the folder; `options` of
-- `connect`, and where openstacksdk is to be asked otherwise, `ask`. `says` are parts of the
-- error's message. Where the two differ on purpose, `differs` says why and `ours` what comes
-- out here: parts of a message, or settings.

local CWD, HOME, SITE = "cwd/", "home/.config/openstack/", "etc/xdg/openstack/"

local cases = {}

-- A cloud that works, with more lines for its auth and for itself.
local function prod(auth, more, name)
  return ("  %s:\n    auth:\n      auth_url: https://k.example/v3\n%s%s"):format(name or "prod",
    auth or "      username: u\n      password: secret-word\n      project_name: p\n", more or "")
end

local function file(...)
  return "clouds:\n" .. table.concat { ... }
end

local function add(name, case)
  case.name = name
  case.files = case.files or { [CWD .. "clouds.yaml"] = case.cloud or case.text }
  if case.env == nil then
    case.env = case.cloud and { OS_CLOUD = "prod" } or {}
  end
  cases[#cases + 1] = case
end

-- A cloud `prod` with these further lines, as text indented by four and by six.
local function with(name, more, case)
  case = case or {}
  case.cloud = file(prod(nil, more)) .. (case.below or "")
  add(name, case)
end

local function auth(name, lines, more, case)
  case = case or {}
  case.cloud = file(prod(lines, more))
  add(name, case)
end

-- ------------------------------------------------------------------- where

local ONE = file(prod())
local OTHER = file(prod("      username: other\n      password: o\n"))

add("working directory", { files = { [CWD .. "clouds.yaml"] = ONE,
  [HOME .. "clouds.yaml"] = OTHER } })
add("working directory, .yml", { files = { [CWD .. "clouds.yml"] = ONE,
  [HOME .. "clouds.yaml"] = OTHER } })
add("working directory, .json", { files = { [HOME .. "clouds.yaml"] = OTHER,
  [CWD .. "clouds.json"] = '{"clouds": {"prod": {"auth": {"auth_url": "https://k/v3", '
    .. '"username": "u", "password": "p\\u00e9\\/", "project_id": 12}, '
    .. '"api_timeout": 20, "regions": ["A", {"name": "B", "values": {}}]}}}' } })
add(".yaml before .yml before .json", { files = { [CWD .. "clouds.yml"] = OTHER,
  [CWD .. "clouds.json"] = "{}", [CWD .. "clouds.yaml"] = ONE } })
add("user's directory", { files = { [HOME .. "clouds.yaml"] = ONE,
  [SITE .. "clouds.yaml"] = OTHER } })
add("XDG_CONFIG_HOME", { env = { XDG_CONFIG_HOME = "@/xdg" },
  files = { ["xdg/openstack/clouds.yaml"] = ONE, [HOME .. "clouds.yaml"] = OTHER } })
add("~/.config below XDG_CONFIG_HOME", { env = { XDG_CONFIG_HOME = "@/xdg" },
  files = { [HOME .. "clouds.yaml"] = ONE, [SITE .. "clouds.yaml"] = OTHER } })
add("SNAP_REAL_HOME", { env = { SNAP_REAL_HOME = "@/real", XDG_CONFIG_HOME = "@/xdg" },
  files = { ["real/.config/openstack/clouds.yaml"] = ONE } })
add("site's directory", { files = { [SITE .. "clouds.yaml"] = ONE } })
add("several site directories", {
  env = { XDG_CONFIG_DIRS = "@/a:@/b" }, files = { ["b/openstack/clouds.yaml"] = ONE },
  differs = "openstacksdk takes the list for one directory's name",
  ours = { username = "u" } })
add("OS_CLIENT_CONFIG_FILE", { env = { OS_CLIENT_CONFIG_FILE = "@/mine" },
  files = { mine = ONE, [CWD .. "clouds.yaml"] = OTHER } })
add("OS_CLIENT_CONFIG_FILE of JSON", { env = { OS_CLIENT_CONFIG_FILE = "@/mine.json" },
  files = { ["mine.json"] = '{"clouds": {"a": {"auth": {"auth_url": "http://k/v3", '
    .. '"username": "u", "password": "p"}}}}' } })
add("OS_CLIENT_CONFIG_FILE that is not there", {
  env = { OS_CLIENT_CONFIG_FILE = "@/missing.yaml" }, files = { [CWD .. "clouds.yaml"] = ONE } })
add("no file", { files = {}, env = { OS_CLOUD = "prod" }, says = { "OS_CLOUD", "prod",
  "no clouds.yaml" } })
add("no file and no name", { files = {}, says = { "no credentials" } })
add("a directory for a file", { folders = { CWD .. "clouds.yaml" },
  files = { [HOME .. "clouds.yaml"] = ONE } })
add("an empty file ends the search", { env = { OS_CLOUD = "prod" },
  files = { [CWD .. "clouds.yaml"] = "", [HOME .. "clouds.yaml"] = ONE }, says = { "prod" } })
add("only comments", { files = { [CWD .. "clouds.yaml"] = "# nothing yet\n" },
  says = { "no credentials" } })

-- ------------------------------------------------------------------- which

local TWO = file(prod(), prod("      username: v\n      password: w\n", nil, "test"))

add("the only cloud", { text = ONE })
add("OS_CLOUD", { text = TWO, env = { OS_CLOUD = "test" } })
add("the option before OS_CLOUD", { text = TWO, env = { OS_CLOUD = "test" },
  options = { cloud = "prod" } })
add("an empty OS_CLOUD", { text = ONE, env = { OS_CLOUD = "" } })
add("several clouds and no choice", { text = TWO, says = { "several clouds", "prod, test",
  "OS_CLOUD", "clouds.yaml" } })
add("a cloud that is not there", { text = TWO, env = { OS_CLOUD = "prid" },
  says = { "OS_CLOUD", "'prid'", "did you mean 'prod'", "prod, test", "clouds.yaml" } })
add("an option's cloud that is not there", { text = TWO, options = { cloud = "elsewhere" },
  says = { "cloud names", "'elsewhere'", "There are: prod, test" } })
add("no clouds", { text = "clouds: {}\n", env = { OS_CLOUD = "prod" }, says = { "prod" } })
add("nothing of clouds", { text = "client: {}\n", env = { OS_CLOUD = "prod" }, says = { "prod" } })

local ENV = { OS_AUTH_URL = "http://e/v3", OS_USERNAME = "eu", OS_PASSWORD = "ep",
  OS_PROJECT_NAME = "epr" }
local function env(more)
  local all = {}
  for _, list in ipairs { ENV, more } do
    for name, value in pairs(list) do
      all[name] = value
    end
  end
  return all
end

add("the environment before the only cloud", { text = ONE, env = ENV })
add("OS_CLOUD before the environment, nothing merged", { text = ONE,
  env = env { OS_CLOUD = "prod", OS_PROJECT_ID = "x", OS_CACERT = "/e" } })
add("OS_CLOUD=envvars", { text = ONE, env = env { OS_CLOUD = "envvars" } })
add("OS_CLOUD_NAME", { text = ONE, env = env { OS_CLOUD = "mine", OS_CLOUD_NAME = "mine" } })
add("a file's cloud called envvars", { text = file(prod(), prod(nil, nil, "envvars")),
  env = { OS_CLOUD = "prod" }, says = { "envvars", "line 8", "OS_CLOUD_NAME" } })
add("a file's cloud of OS_CLOUD_NAME", { text = ONE, options = { cloud = "prod" },
  env = { OS_CLOUD_NAME = "other" } })
add("OS_CLOUD_NAME alone is no cloud", { text = ONE, env = { OS_CLOUD_NAME = "x" } })
add("OS_REGION_NAME alone is no cloud", { text = ONE, env = { OS_REGION_NAME = "R" },
  ask = { region_name = "R" } })
add("OS_INTERFACE alone makes one", { text = ONE, env = { OS_INTERFACE = "internal" },
  says = { "no credentials" } })
add("OS_IDENTITY_API_VERSION alone makes one", { text = ONE,
  env = { OS_IDENTITY_API_VERSION = "3" },
  says = { "no credentials" } })
add("a broken file beside the environment", { text = "a: [", env = ENV,
  differs = "no file is opened when the environment says everything", ours = { username = "eu" } })
add("OS_REGION_NAME chooses in a named cloud", {
  text = file(prod(nil, "    regions: [A, B]\n")),
  env = { OS_CLOUD = "prod", OS_REGION_NAME = "B" },
  ask = { region_name = "B" } })
add("OS_REGION_NAME that the cloud lacks", {
  text = file(prod(nil, "    regions: [A, B]\n")),
  env = { OS_CLOUD = "prod", OS_REGION_NAME = "C" },
  ask = { region_name = "C" }, says = { "'prod'", "no region 'C'", "A, B" } })
add("OS_INTERFACE chooses in a named cloud", { text = ONE,
  env = { OS_CLOUD = "prod", OS_INTERFACE = "internal" }, ask = { interface = "internal" } })

-- ------------------------------------------------------------- environment

add("environment: domains, region, interface", { files = {}, env = env { OS_USER_DOMAIN_NAME = "D",
  OS_PROJECT_DOMAIN_ID = "d", OS_REGION_NAME = "R", OS_INTERFACE = "admin" } })
add("environment: tenants", { files = {}, env = { OS_AUTH_URL = "http://e/v3", OS_USERNAME = "u",
  OS_PASSWORD = "p", OS_TENANT_NAME = "t", OS_TENANT_ID = "i" } })
add("environment: project before tenant", { files = {}, env = env { OS_TENANT_NAME = "t" } })
add("environment: endpoint type before interface", { files = {},
  env = env { OS_INTERFACE = "internal", OS_ENDPOINT_TYPE = "admin" } })
add("environment: a domain for both", { files = {}, env = env { OS_DOMAIN_NAME = "D",
  OS_USER_DOMAIN_NAME = "U" } })
add("environment: a domain as the scope", { files = {}, env = { OS_AUTH_URL = "http://e/v3",
  OS_USERNAME = "u", OS_PASSWORD = "p", OS_DOMAIN_ID = "d" } })
add("environment: token", { files = {}, env = { OS_AUTH_URL = "http://e/v3", OS_TOKEN = "t",
  OS_AUTH_TYPE = "token", OS_PASSWORD = "unused" } })
add("environment: token and password", { files = {}, env = env { OS_TOKEN = "t" },
  says = { "contradict", "OS_PASSWORD and OS_TOKEN" } })
add("environment: application credential", { files = {}, env = { OS_AUTH_URL = "http://e/v3",
  OS_APPLICATION_CREDENTIAL_ID = "i", OS_APPLICATION_CREDENTIAL_SECRET = "s",
  OS_AUTH_TYPE = "v3applicationcredential" } })
add("environment: TLS", { files = {}, env = env { OS_CACERT = "~/ca.pem", OS_CERT = "@/c.pem",
  OS_KEY = "~/k.pem" } })
for _, variable in ipairs { "OS_TRUST_ID", "OS_PASSCODE" } do
  add("environment: " .. variable, { files = {}, env = env { [variable] = "secret-word" },
    differs = "not implemented here, and leaving it aside would change whose snapshots they are",
    ours = { variable, "not supported" } })
end
add("environment: a trust beside a named cloud", { text = ONE, env = { OS_CLOUD = "prod",
  OS_TRUST_ID = "t" } })
add("environment: insecure", { files = {}, env = env { OS_INSECURE = "True" } })
add("environment: insecure=1", { files = {}, env = env { OS_INSECURE = "1" },
  differs = "the older OpenStack tools took 1 and yes too; openstacksdk leaves it aside silently",
  ours = { verify = false } })
add("environment: endpoint and version", { files = {}, env = env {
  OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE = "http://c/v3/x", OS_VOLUME_API_VERSION = "3" } })
add("environment: the service's settings", { files = {}, env = env {
  OS_VOLUME_ENDPOINT_OVERRIDE = "http://c/v3/x", OS_BLOCK_STORAGE_API_VERSION = "3",
  OS_VOLUMEV3_DEFAULT_MICROVERSION = "3.59", OS_VOLUME_SERVICE_TYPE = "volumev3",
  OS_BLOCK_STORE_SERVICE_NAME = "cinder" } })
add("environment: the service's settings by two names", { files = {}, env = env {
  OS_VOLUME_ENDPOINT_OVERRIDE = "http://old/v3/x", OS_VOLUMEV3_ENDPOINT_OVERRIDE = "http://c/v3/x",
  OS_BLOCK_STORAGE_ENDPOINT = "http://last/v3/x" } })
add("environment: the default domain's id", { files = {},
  env = env { OS_DEFAULT_DOMAIN_ID = "d" } })
add("environment: the default domain's name", { files = {},
  env = env { OS_DEFAULT_DOMAIN_NAME = "D" } })
add("environment: an auth_type there is not", { files = {}, env = env { OS_AUTH_TYPE = "pasword" },
  says = { "'pasword'", "OS_AUTH_TYPE", "did you mean 'password'", "rackspace_apikey" } })

-- ------------------------------------------------------------------- merge

local function secure(name, below, above, case)
  case = case or {}
  case.files = { [CWD .. "clouds.yaml"] = below, [HOME .. "secure.yaml"] = above }
  case.env = case.env or { OS_CLOUD = "prod" }
  add(name, case)
end

local NO_PASSWORD = file(prod("      username: u\n"))

secure("secure.yaml is merged deeply", NO_PASSWORD,
  "clouds:\n  prod:\n    auth:\n      password: hidden\n    region_name: R\n")
secure("secure.yaml wins", ONE, "clouds:\n  prod:\n    auth: {password: hidden}\n")
secure("secure.yaml with a cloud of its own", ONE, file(prod(nil, nil, "second")),
  { env = { OS_CLOUD = "second" } })
add("secure.yaml alone", { files = { [CWD .. "secure.yaml"] = ONE } })
add("OS_CLIENT_SECURE_FILE", { env = { OS_CLIENT_SECURE_FILE = "@/s" }, files = {
  s = "clouds: {prod: {auth: {password: first}}}", [CWD .. "clouds.yaml"] = NO_PASSWORD,
  [CWD .. "secure.yaml"] = "clouds: {prod: {auth: {password: second}}}" } })
secure("a map in secure.yaml over text", file "  prod:\n    auth: x\n",
  "clouds:\n  prod:\n    auth: {password: hidden}\n",
  { says = { "auth", "line 3", "secure.yaml" } })
secure("text in secure.yaml over a map", ONE, "clouds:\n  prod: nothing\n",
  { says = { "secure.yaml, line 2", "must be a map" } })
secure("secure.yaml wins, spelled with dashes", file(prod(nil, "    region_name: R\n")),
  "clouds:\n  prod:\n    auth: {project-name: other}\n    region-name: S\n")
secure("secure.yaml wins over dashes", file(prod("      username: u\n      password: p\n"
  .. "      project-name: p\n")), "clouds:\n  prod:\n    auth: {project_name: other}\n", {
  differs = "openstacksdk takes the spelling with dashes, whichever file it is in",
  ours = { project_name = "other" } })
secure("clouds whose names differ in a dash", file(prod(nil, nil, "a_b")),
  file(prod("      username: v\n      password: w\n", nil, "a-b")), { env = { OS_CLOUD = "a_b" } })
secure("an empty clouds.yaml below secure.yaml", "", ONE, {
  differs = "openstacksdk stumbles over the empty file", ours = { username = "u" } })

-- ----------------------------------------------------------------- regions

with("region_name", "    region_name: R1\n")
with("the first region is the default", "    regions:\n    - A\n    - B\n")
with("the option's region", "    regions: [A, B]\n", { options = { region = "B" } })
with("a region that is not there", "    regions: [Alpha, Beta]\n", { options = { region = "Bets" },
  says = { "no region 'Bets'", "did you mean 'Beta'", "Alpha, Beta" } })
with("another region than region_name", "    region_name: A\n", { options = { region = "B" },
  says = { "no region 'B'", "A" } })
with("any region where none is named", "", { options = { region = "Z" } })
with("a list of names in region_name", "    region_name: A,B\n", { options = { region = "B" } })
with("a region's values", [[
    cacert: /general
    regions:
    - name: A
      values:
        auth: {auth_url: 'https://a.example/v3', project_name: pa}
        interface: internal
        cacert:
    - name: B
      values: {auth: {project_name: pb}, verify: false}
]])
with("another region's values", [[
    regions:
    - name: A
      values: {auth: {project_name: pa}}
    - name: B
      values: {auth: {project_name: pb}, verify: false}
]], { options = { region = "B" } })
with("a region without values", "    regions: [{name: A}]\n")
with("no regions in the list", "    regions: []\n", { options = { region = "Z" } })
with("no regions in a map", "    regions: {}\n")
add("no regions in JSON", { files = { [CWD .. "clouds.json"] = '{"clouds": {"prod": '
  .. '{"regions": [], "auth": {"auth_url": "https://k/v3", "username": "u", "password": "p"}}}}' },
})
with("a region without a name", "    regions:\n    - values: {}\n",
  { says = { "line 9", "region" } })
with("a region with more", "    regions:\n    - {name: A, valus: {}}\n",
  { says = { "line 9", "'valus'" } })
with("regions as a map", "    regions: {A: {}}\n", {
  differs = "openstacksdk takes the map's keys for names",
  ours = { "regions", "line 8", "a list" } })
with("regions as text", "    regions: RegionOne\n", {
  differs = "openstacksdk takes each letter for a region", ours = { "regions", "must be a list" } })
with("a region of the service alone", "    region_name: A\n    volume_region_name: V\n")

-- ---------------------------------------------------------------- profiles

local PUBLIC = [[
public-clouds:
  acme:
    auth: {auth_url: 'https://acme.example/v3', user_domain_name: Acme}
    regions: [north, south]
    interface: internal
    block_storage_endpoint_override: "https://{region_name}.acme.example/v3/x"
]]
local function public(name, cloud, case)
  case = case or {}
  case.files = { [CWD .. "clouds.yaml"] = "clouds:\n  prod:\n" .. cloud,
    [HOME .. "clouds-public.yaml"] = case.public or PUBLIC }
  case.env = { OS_CLOUD = "prod" }
  add(name, case)
end

local ME = "    auth: {username: u, password: p, project_name: x}\n"
public("a profile of clouds-public.yaml", "    profile: acme\n" .. ME)
public("a profile's region", "    profile: acme\n" .. ME, { options = { region = "south" } })
public("a profile lacks the region", "    profile: acme\n" .. ME, { options = { region = "west" },
  says = { "no region 'west'", "north, south" } })
public("the old word for a profile", "    cloud: acme\n" .. ME)
public("the cloud wins over its profile", "    profile: acme\n    interface: admin\n"
  .. "    region_name: east\n    auth: {auth_url: 'https://own/v3', username: u, password: p}\n")
public("an unknown profile, and what it would have said", "    profile: nowhere\n" .. ME,
  { says = { "auth_url is missing", "'prod'" } })
public("an unknown profile of a cloud that is whole", "    profile: nowhere\n"
  .. "    auth: {auth_url: 'http://k/v3', username: u, password: p}\n")
public("a profile that is no map", "    profile: acme\n" .. ME, {
  public = "public-clouds:\n  acme: [a]\n", says = { "acme", "clouds-public.yaml", "line 2" } })
public("a broken clouds-public.yaml", "    profile: acme\n" .. ME, {
  public = "public-clouds: {", says = { "clouds-public.yaml" } })
public("a broken clouds-public.yaml that nobody needs", "    auth: {auth_url: 'http://k/v3', "
  .. "username: u, password: p}\n", { public = "public-clouds: {" })

local RACKSPACE = "    profile: rackspace\n    auth: {username: u, api_key: k, project_id: '7'}\n"
local NOT_THERE = "openstacksdk's plugin for API keys is a package of its own, and its profile "
  .. "names v2 endpoints; here the catalog says where the service is"
public("rackspace with an API key", RACKSPACE .. "    auth_type: rackspace_apikey\n", {
  differs = NOT_THERE, ours = { auth_type = "rackspace_apikey", region = "DFW",
    service_name = "cloudBlockStorage",
    auth_url = "https://identity.api.rackspacecloud.com/v2.0" } })
public("rackspace without auth_type", RACKSPACE, { options = { region = "ORD" },
  differs = NOT_THERE, ours = { auth_type = "rackspace_apikey", region = "ORD" } })
public("rackspace in London", RACKSPACE, { options = { region = "LON" }, differs = NOT_THERE,
  ours = { auth_url = "https://lon.identity.api.rackspacecloud.com/v2.0" } })
public("rackspace elsewhere", RACKSPACE, { options = { region = "XYZ" },
  says = { "no region 'XYZ'", "DFW" } })
public("rackspace as clouds-public.yaml has it", "    profile: rackspace\n" .. ME, {
  public = "public-clouds:\n  rackspace:\n    auth: {auth_url: 'https://flex/v3'}\n" })

-- The profiles that come with openstacksdk; it would fetch vexxhost's from the net.
local PROVIDERS = { "auro", "betacloud", "bluebox", "catalyst", "citycloud", "conoha",
  "dreamcompute", "elastx", "entercloudsuite", "fuga", "ibmcloud", "internap",
  "limestonenetworks", "otc", "ovh", "ovh-us", "switchengines", "unitedstack", "zetta" }
local OWN_URL = "    auth: {auth_url: 'https://k/v3', username: u, password: p, project_name: x}\n"
for _, name in ipairs(PROVIDERS) do
  public("the profile " .. name, ("    profile: %s\n"):format(name)
    .. (name == "bluebox" and OWN_URL or ME))
end
public("the profile ultimum", "    profile: ultimum\n" .. ME, {
  differs = "openstacksdk misses the region, which its own file spells with a dash",
  ours = { region = "RegionOne", auth_url = "https://console.ultimum-cloud.com:5000" } })
public("another region of the profile otc", "    profile: otc\n" .. ME,
  { options = { region = "eu-nl" } })
public("the profile catalyst, and the cloud's own version", "    profile: catalyst\n" .. ME
  .. "    block_storage_api_version: '3'\n")
public("a region that the profile ovh lacks", "    profile: ovh\n" .. ME,
  { options = { region = "GRA9" }, says = { "no region 'GRA9'", "GRA7" } })
public("a region of the cloud's that the profile ovh lacks", "    profile: ovh\n" .. ME
  .. "    region_name: GRA9\n")
public("otc as clouds-public.yaml has it", "    profile: otc\n" .. ME, {
  public = "public-clouds:\n  otc:\n    auth: {auth_url: 'https://own/v3'}\n" })

-- ------------------------------------------------------------- credentials

auth("user id, project id, domains", "      user_id: ui\n      password: p\n      project_id: pi\n"
  .. "      user_domain_id: ud\n      project_domain_name: pd\n")
auth("tenants", "      username: u\n      password: p\n      tenant_name: t\n      tenant_id: i\n")
auth("project before tenant", "      username: u\n      password: p\n      tenant_name: t\n",
  "    project_name: p\n")
auth("tenant before project for v2", "      username: u\n      password: p\n      tenant_name: t\n"
  .. "      project_name: p\n", "    auth_type: v2password\n")
auth("dashes", "      username: u\n      password: p\n      project-name: p\n"
  .. "      user-domain-name: D\n", "    region-name: R\n")
auth("credentials beside auth", "      username: u\n", "    password: p\n    project_name: x\n"
  .. "    user_domain_id: d\n")
auth("auth before what is beside it", "      username: u\n      password: inner\n"
  .. "      project_name: pi\n", "    username: outer\n    password: outer\n    project_name: po\n")
auth("a domain for user and project", "      username: u\n      password: p\n"
  .. "      project_name: p\n      domain_name: D\n      project_domain_name: P\n")
auth("a domain as the scope", "      username: u\n      password: p\n      domain_id: d\n")
auth("default domain", "      username: u\n      password: p\n      default_domain_id: d\n")
auth("default domain's name", "      username: u\n      password: p\n"
  .. "      default_domain_name: D\n")
auth("a domain for both before the default", "      username: u\n      password: p\n"
  .. "      project_name: p\n      domain_name: D\n      default_domain_name: E\n")
auth("token", "      token: t\n      project_name: p\n", "    auth_type: token\n")
auth("v3token", "      token: t\n      project_id: p\n", "    auth_type: v3token\n")
auth("token without auth_type", "      token: t\n", nil, {
  differs = "it follows from the credentials here; openstacksdk fails with TypeError",
  ours = { auth_type = "token" } })
auth("application credential", "      application_credential_id: i\n"
  .. "      application_credential_secret: s\n", "    auth_type: v3applicationcredential\n")
auth("application credential by name", "      application_credential_name: n\n"
  .. "      application_credential_secret: s\n      username: u\n      user_domain_name: D\n",
  "    auth_type: v3applicationcredential\n")
auth("application credential without auth_type", "      application_credential_id: i\n"
  .. "      application_credential_secret: s\n", nil, {
  differs = "it follows from the credentials here; openstacksdk fails with TypeError",
  ours = { auth_type = "v3applicationcredential" } })
auth("application credential without secret", "      application_credential_id: i\n",
  "    auth_type: v3applicationcredential\n", {
  says = { "application_credential_secret is missing", "'prod'", "clouds.yaml" } })
auth("v3password with a domain", "      username: u\n      password: p\n"
  .. "      user_domain_id: d\n", "    auth_type: v3password\n")
auth("v3password without a domain", "      username: u\n      password: p\n",
  "    auth_type: v3password\n", { differs = "the user is taken for one of the default domain",
  ours = { auth_type = "v3password", username = "u" } })
auth("no password", "      username: u\n", nil, {
  differs = "it can be said at once; openstacksdk says it when it connects",
  ours = { "password is missing", "'prod'" } })
add("an endpoint, and no auth", { env = { OS_CLOUD = "prod" },
  text = "clouds:\n  prod:\n    auth: {project_id: p}\n    volume_endpoint: http://c/v3\n",
  says = { "password is missing", "'prod'" } })
auth("an endpoint, and nobody to be", "      project_id: p\n",
  "    volume_endpoint: http://c/v3\n", { differs = "it can be said at once; openstacksdk says "
  .. "it when it connects", ours = { "password is missing", "'prod'" } })
auth("no authentication", nil, "    auth_type: none\n", { differs = "what contradicts is refused; "
  .. "openstacksdk fails with TypeError over auth_url", ours = { "contradict", "password" } })
add("no authentication, and an endpoint", { env = { OS_CLOUD = "prod" },
  text = "clouds:\n  prod:\n    auth_type: none\n    auth: {endpoint: 'http://c:8776/v3/x'}\n" })
add("no authentication, by null", { env = { OS_CLOUD = "prod" },
  text = "clouds:\n  prod:\n    auth_type:\n    auth: {endpoint: 'http://c:8776/v3/x'}\n" })
auth("an auth_type there is not", nil, "    auth_type: v3oidcpasword\n",
  { says = { "'v3oidcpasword'", "'prod'", "line 8", "v3applicationcredential", "v3password" } })
auth("an auth_type we do not have", "      username: u\n      passcode: '1'\n"
  .. "      user_domain_id: d\n", "    auth_type: v3totp\n", { differs = "not implemented here",
  ours = { "passcode", "not supported" } })
auth("a trust", "      username: u\n      password: p\n      trust_id: t\n", nil, {
  differs = "not implemented here, and leaving it aside would change whose snapshots they are",
  ours = { "trust_id", "line 7", "not supported" } })
auth("a trust beside auth", nil, "    trust_id: t\n", {
  differs = "as in auth", ours = { "trust_id", "line 8", "not supported" } })
auth("a passcode beside auth", nil, "    passcode: '123456'\n", {
  differs = "as in auth", ours = { "passcode", "line 8", "not supported" } })
auth("no trust", "      username: u\n      password: p\n      trust_id:\n")
auth("the system", "      username: u\n      password: p\n      system_scope: all\n")
add("the system, beside auth", { env = { OS_CLOUD = "prod" },
  text = file(prod("      username: u\n      password: p\n", "    system_scope: all\n")) })
add("the environment's system", { files = {}, env = { OS_AUTH_URL = "https://k.example/v3",
  OS_USERNAME = "u", OS_PASSWORD = "p", OS_SYSTEM_SCOPE = "all" } })
auth("the system and a project", "      username: u\n      password: secret-word\n"
  .. "      project_name: p\n      system_scope: all\n", nil, {
  differs = "keystoneauth refuses it when it authenticates",
  ours = { "system_scope of cloud 'prod'", "project_name of cloud 'prod'", "line 8",
    "contradict" } })
auth("a part of the system", "      username: u\n      password: secret-word\n"
  .. "      system_scope: some\n", nil, {
  differs = "keystoneauth asks for a token without a scope then",
  ours = { "system_scope", "'all'" } })
auth("a typing error in auth", "      username: u\n      pasword: secret-word\n", nil,
  { says = { "pasword", "line 6", "did you mean 'password'" } })
auth("password and token", "      username: u\n      password: secret-word\n"
  .. "      token: secret-too\n", nil, {
  says = { "contradict", "password and token", "auth_type" } })
auth("password, token and auth_type", "      username: u\n      password: p\n      token: t\n",
  "    auth_type: password\n", { says = { "contradict", "no use for token" } })
auth("application credential and password", "      application_credential_id: i\n"
  .. "      application_credential_secret: s\n      username: u\n      password: p\n"
  .. "      user_domain_id: d\n",
  "    auth_type: v3applicationcredential\n", { says = { "contradict", "no use for password" } })
auth("options over a cloud", nil, nil, { options = { cloud = "prod", username = "ou",
  password = "op" } })
with("an option's auth_type", "    auth_type: token\n    user_domain_id: d\n"
  .. "    project_domain_id: d\n", {
  options = { auth_type = "v3password" } })
with("an option's project over the cloud's id", "", { options = { project_id = "opt" },
  differs = "the option leaves aside what says the same in another way",
  ours = { project_id = "opt", username = "u" } })
with("an option's auth_url over the named cloud's", "", { options = { cloud = "prod",
  auth_url = "https://opt/v3" } })

-- ----------------------------------------------------------------- service

with("endpoint", "    block_storage_endpoint_override: http://c/v3/x\n")
with("endpoint by the old names", "    volume_endpoint_override: http://old/v3/x\n"
  .. "    volumev3_endpoint_override: http://new/v3/x\n")
with("endpoint without override", "    volume_endpoint: http://c/v3/x\n")
with("endpoint with a region in it", "    region_name: R\n"
  .. "    volume_endpoint_override: 'http://{region_name}.c/v3/x'\n")
with("version", "    volume_api_version: 3\n")
with("version as text", "    block_storage_api_version: '2'\n    volume_api_version: '3'\n")
with("microversion", "    block_storage_default_microversion: '3.59'\n")
with("microversion without quotes", "    volume_default_microversion: 3.50\n")
with("interface", "    interface: internal\n")
with("endpoint_type before interface", "    interface: internal\n    endpoint_type: admin\n")
with("the service's interface", "    interface: internal\n    volume_interface: admin\n")
with("the service's endpoint_type", "    interface: internal\n"
  .. "    volume_endpoint_type: admin\n")
with("endpoint_type before interface, of the service", "    volume_interface: internal\n"
  .. "    volume_endpoint_type: admin\n")
with("interface and endpoint_type of two of its names", "    volume_endpoint_type: internal\n"
  .. "    block_storage_interface: admin\n")
with("the service's interface before any endpoint_type", "    volume_interface: internal\n"
  .. "    endpoint_type: admin\n")
with("service type and name", "    volume_service_type: volumev2\n"
  .. "    volume_service_name: cinder\n")
with("timeout", "    api_timeout: 7\n")
add("braces in auth_url", { env = { OS_CLOUD = "prod" }, text = "clouds:\n  prod:\n"
  .. "    region_name: R\n    auth: {auth_url: 'https://{region_name}.k/{{v3}}', username: u, "
  .. "password: 'p{x'}\n" })
add("a region in auth_url", { env = { OS_CLOUD = "prod" }, text = "clouds:\n  prod:\n"
  .. "    regions: [R, S]\n    auth: {auth_url: 'https://{region_name}.k/v3', username: u, "
  .. "password: 'p{x'}\n", options = { region = "S" } })
add("an unknown name in auth_url", { env = { OS_CLOUD = "prod" }, text = "clouds:\n  prod:\n"
  .. "    auth: {auth_url: 'https://{regoin}.k/v3', username: u, password: p}\n",
  says = { "auth_url", "line 3", "braces" } })

-- --------------------------------------------------------------------- TLS

with("cacert, cert and key", "    cacert: /ca.pem\n    cert: /c.pem\n    key: /k.pem\n")
with("cacert below ~", "    cacert: ~/ca.pem\n    cert: ~/c.pem\n")
with("verify off", "    verify: false\n")
with("verify off with a cacert", "    verify: no\n    cacert: /ca.pem\n")
with("insecure", "    insecure: true\n    verify: true\n")
with("insecure as text", "    insecure: 'True'\n")
with("not insecure", "    insecure: False\n")
with("insecure as no word for it", "    insecure: 'yes'\n", {
  differs = "openstacksdk silently takes it for false", ours = { "insecure", "true or false" } })
with("verify as text", "    verify: 'maybe'\n", {
  differs = "openstacksdk takes it for a file", ours = { "verify", "line 8", "true or false" } })

-- ------------------------------------------------------------------- YAML

auth("numbers are text", "      username: 007\n      password: 0123\n      project_id: 12_000\n")
auth("a long number", "      username: u\n      password: p\n"
  .. "      project_id: 00123456701234567012345670123456\n")
auth("floats are text", "      username: 1.10\n      password: 1e3\n      project_id: 1.0e+20\n")
auth("booleans for text", "      username: yes\n      password: p\n", nil, {
  differs = "openstacksdk sends the boolean, or the text True", ours = { "username", "line 5",
    "quotes" } })
auth("a date for text", "      username: u\n      password: p\n      project_name: 2024-01-31\n")
auth("null for text", "      username: u\n      password: p\n      project_domain_id: ~\n", nil, {
  differs = "openstacksdk makes it the text None", ours = { username = "u" } })
auth("merge keys", "      <<: {username: a, password: b}\n      username: u\n")
add("anchors and merges", { env = { OS_CLOUD = "prod" }, text = [[
base: &base {auth_url: 'https://k/v3', username: u, project_name: p}
more: &more {project_name: q, password: w}
clouds:
  prod:
    auth:
      <<: [*base, *more]
      user_domain_id: d
]] })
auth("a key twice", "      username: a\n      password: p\n      username: b\n")
add("a list for the file", { text = "- a\n", says = { "clouds.yaml", "a map", "a list" } })
add("text for the file", { text = "hello\n", says = { "clouds.yaml", "a map" } })
add("a list for clouds", { text = "clouds: [a]\n", says = { "clouds", "line 1", "a list" } })
add("nothing for clouds", { text = "clouds:\n", says = { "clouds", "line 1" } })
add("a list for a cloud", { text = "clouds:\n  prod: [a]\n",
  says = { "prod", "line 2", "a list" } })
add("nothing for a cloud", { text = "clouds:\n  prod:\n", says = { "prod", "line 2" } })
add("a list for auth", { text = "clouds:\n  prod:\n    auth: [a]\n", says = { "auth", "line 3" } })
add("nothing for auth", { text = "clouds:\n  prod:\n    auth:\n", says = { "auth", "line 3" } })
add("a list for a password", { text = file(prod "      username: u\n      password: [a]\n"),
  differs = "openstacksdk sends the list", ours = { "password", "line 6", "a list" } })
add("not closed", { text = "clouds:\n  prod: {a: 'secret-word\n",
  says = { "clouds.yaml", "line" } })
add("a wrong indent", { text = "clouds:\n  prod:\n   a: secret-word\n  b: c: d\n",
  says = { "clouds.yaml", "line 4" } })
add("a tab", { text = "clouds:\n\tprod: secret-word\n", says = { "clouds.yaml", "line 2" } })
add("an alias without an anchor", { text = "clouds: *secret-word\n", says = { "line 1", "alias" } })
add("an anchor within itself", { text = "clouds: &a\n  prod: *a\n", says = { "line 2", "alias" } })
add("a tag", { text = "clouds: !!python/name:os.system secret-word\n", says = { "line 1", "tag" } })
add("two documents", { text = ONE .. "---\n" .. ONE, says = { "more than one document" } })
add("bytes that are no text", { text = "clouds: \1\n", says = { "clouds.yaml" } })
add("JSON that is none", { files = { [CWD .. "clouds.json"] = '{"clouds": secret-word}' },
  says = { "clouds.json", "JSON" } })
add("an empty JSON file", { files = { [CWD .. "clouds.json"] = "" }, says = { "clouds.json" } })

return cases
