-- What `rsnapshots rotate` makes and keeps (docs/operators.md). It is data: nothing can be called
-- here. Copy it to /etc/rsnapshots/policy.lua, and try it:
--
--     rsnapshots rotate /etc/rsnapshots/policy.lua --dry-run
return {
  name = "nightly", -- what is made carries this name, and only what carries it is ever removed
  volumes = { "web", "db" }, -- ids or names

  -- Or let the owners choose: every volume with this property.
  --   openstack volume set --property backup=nightly web
  -- volume_property = { backup = "nightly" },

  slot = "day", -- one a day, however often it runs; "hour" is the default
  utc_offset = "+01:00", -- where a day begins

  keep_last = 2,
  keep_daily = 7,
  keep_weekly = 4,
  keep_monthly = 12,
}
