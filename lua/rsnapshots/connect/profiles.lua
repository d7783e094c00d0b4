--- Public facts about providers, for clouds that name one as their `profile`.
--
--   auth_url  of the identity service; {region_name} stands for the region
--   regions   the first is the default
--   domain    of users and projects, if it is not the default one
--   version   of the block storage API that the provider is known for; used if the catalog still
--             has it, otherwise the newest is used
--   provider  the value of the option `provider`, which implies the rest
--
-- clouds-public.yaml comes before these. The facts come from openstacksdk.
return {
  auro = { auth_url = "https://api.van2.auro.io:5000/v3", regions = { "RegionOne" },
    domain = "Default" },
  betacloud = { auth_url = "https://api-1.betacloud.de:5000", regions = { "betacloud-1" },
    version = 3 },
  binero = { auth_url = "https://auth.binero.cloud:5000/v3", regions = { "europe-se-1" },
    version = 3 },
  bluebox = { regions = { "RegionOne" }, version = 1 }, -- each customer has its own auth_url
  catalyst = { auth_url = "https://api.cloud.catalyst.net.nz:5000/v2.0",
    regions = { "nz-por-1", "nz_wlg_2" }, version = 1 },
  citycloud = { auth_url = "https://{region_name}.citycloud.com:5000/v3/",
    regions = { "Buf1", "Fra1", "Lon1", "Sto2", "Kna1", "dx1", "tky1" }, version = 1 },
  conoha = { auth_url = "https://identity.{region_name}.conoha.io",
    regions = { "sin1", "sjc1", "tyo1" } },
  datacentred = { auth_url = "https://compute.datacentred.io:5000", regions = { "sal01" } },
  dreamcompute = { auth_url = "https://iad2.dream.io:5000", regions = { "RegionOne" } },
  elastx = { auth_url = "https://ops.elastx.cloud:5000/v3", regions = { "se-sto" } },
  entercloudsuite = { auth_url = "https://api.entercloudsuite.com/",
    regions = { "it-mil1", "nl-ams1", "de-fra1" }, version = 1 },
  fuga = { auth_url = "https://identity.api.fuga.io:5000", regions = { "cystack" },
    domain = "Default", version = 3 },
  ibmcloud = { auth_url = "https://identity.open.softlayer.com", regions = { "london" },
    version = 2 },
  internap = { auth_url = "https://identity.api.cloud.iweb.com",
    regions = { "ams01", "da01", "nyj01", "sin01", "sjc01" } },
  limestonenetworks = { auth_url = "https://auth.cloud.lstn.net:5000/v3",
    regions = { "us-dfw-1", "us-slc" }, version = 3 },
  otc = { auth_url = "https://iam.{region_name}.otc.t-systems.com/v3",
    regions = { "eu-de", "eu-nl" } },
  ["otc-swiss"] = { auth_url = "https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3",
    regions = { "eu-ch2" } },
  ovh = { auth_url = "https://auth.cloud.ovh.net/", domain = "Default",
    regions = { "BHS", "BHS1", "BHS3", "BHS5", "DE", "DE1", "GRA", "GRA1", "GRA5", "GRA7", "SBG",
      "SBG1", "SBG5", "UK", "UK1", "WAW", "WAW1", "SYD1", "SGP1" } },
  ["ovh-us"] = { auth_url = "https://auth.cloud.ovh.us/", regions = { "US-EAST-VA-1" },
    domain = "Default" },
  rackspace = { provider = "rackspace", regions = { "DFW", "HKG", "IAD", "ORD", "SYD", "LON" } },
  switchcloud = { auth_url = "https://identity.compute.cloud.switch.ch/v3",
    regions = { "zhw", "zhc" } },
  switchengines = { auth_url = "https://keystone.cloud.switch.ch:5000/v3",
    regions = { "LS", "ZH" } },
  ultimum = { auth_url = "https://console.ultimum-cloud.com:5000/", regions = { "RegionOne" },
    version = 1 },
  unitedstack = { auth_url = "https://identity.api.ustack.com/v3", regions = { "bj1", "gd1" },
    version = 1 },
  vexxhost = { auth_url = "https://auth.vexxhost.net/v3", regions = { "ca-ymq-1", "sjc1" } },
  zetta = { auth_url = "https://identity.api.zetta.io/v3", regions = { "no-osl1" } },
}
