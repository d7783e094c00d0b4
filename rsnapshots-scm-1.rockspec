rockspec_format = "3.0"
package = "rsnapshots"
version = "scm-1"
source = { url = "git+https://github.com/rsnapshots/rsnapshots.git" }
description = {
  summary = "Snapshots of block storage volumes: OpenStack Cinder and Rackspace",
  detailed = [[
Creates, waits for, lists, changes and deletes snapshots of block storage
volumes: Rackspace Cloud Block Storage v1, OpenStack Cinder v2 and v3. A C core
over libcurl, userdata Snapshot objects, iterators over listings of any length.]],
  license = "MIT",
  labels = { "openstack", "cinder", "rackspace", "snapshot", "backup" },
}
dependencies = { "lua >= 5.4, < 5.5", "lua-cjson >= 2.1" }
-- The library only: Debian keeps curl.h where LuaRocks does not look.
external_dependencies = { CURL = { library = "curl" } }
build = {
  type = "builtin",
  modules = {
    ["rsnapshots.core"] = {
      sources = {
        "csrc/buffer.c", "csrc/head.c", "csrc/http.c", "csrc/json.c", "csrc/lua_json.c",
        "csrc/lua_page.c", "csrc/lua_request.c", "csrc/lua_snapshot.c", "csrc/lua_transport.c",
        "csrc/module.c", "csrc/poller.c", "csrc/request.c", "csrc/snapshot.c", "csrc/timestamp.c",
      },
      libraries = { "curl" },
      incdirs = { "csrc", "$(CURL_INCDIR)" },
      libdirs = { "$(CURL_LIBDIR)" },
    },
    ["rsnapshots"] = "lua/rsnapshots/init.lua",
    ["rsnapshots.auth.none"] = "lua/rsnapshots/auth/none.lua",
    ["rsnapshots.auth.rackspace_apikey"] = "lua/rsnapshots/auth/rackspace_apikey.lua",
    ["rsnapshots.auth.scope"] = "lua/rsnapshots/auth/scope.lua",
    ["rsnapshots.auth.v2password"] = "lua/rsnapshots/auth/v2password.lua",
    ["rsnapshots.auth.v2token"] = "lua/rsnapshots/auth/v2token.lua",
    ["rsnapshots.auth.v3applicationcredential"] = "lua/rsnapshots/auth/v3applicationcredential.lua",
    ["rsnapshots.auth.v3password"] = "lua/rsnapshots/auth/v3password.lua",
    ["rsnapshots.auth.v3token"] = "lua/rsnapshots/auth/v3token.lua",
    ["rsnapshots.body"] = "lua/rsnapshots/body.lua",
    ["rsnapshots.catalog"] = "lua/rsnapshots/catalog.lua",
    ["rsnapshots.check"] = "lua/rsnapshots/check.lua",
    ["rsnapshots.cli"] = "lua/rsnapshots/cli/init.lua",
    ["rsnapshots.cli.simulate"] = "lua/rsnapshots/cli/simulate.lua",
    ["rsnapshots.client"] = "lua/rsnapshots/client.lua",
    ["rsnapshots.compat"] = "lua/rsnapshots/compat.lua",
    ["rsnapshots.config"] = "lua/rsnapshots/config.lua",
    ["rsnapshots.cursor"] = "lua/rsnapshots/cursor.lua",
    ["rsnapshots.dialect"] = "lua/rsnapshots/dialect.lua",
    ["rsnapshots.error"] = "lua/rsnapshots/error.lua",
    ["rsnapshots.fault"] = "lua/rsnapshots/fault.lua",
    ["rsnapshots.filter"] = "lua/rsnapshots/filter.lua",
    ["rsnapshots.identity"] = "lua/rsnapshots/identity.lua",
    ["rsnapshots.loop.poll"] = "lua/rsnapshots/loop/poll.lua",
    ["rsnapshots.once"] = "lua/rsnapshots/once.lua",
    ["rsnapshots.pager"] = "lua/rsnapshots/pager.lua",
    ["rsnapshots.retry"] = "lua/rsnapshots/retry.lua",
    ["rsnapshots.session"] = "lua/rsnapshots/session.lua",
    ["rsnapshots.simulator"] = "lua/rsnapshots/simulator/init.lua",
    ["rsnapshots.simulator.accounts"] = "lua/rsnapshots/simulator/accounts.lua",
    ["rsnapshots.simulator.answer"] = "lua/rsnapshots/simulator/answer.lua",
    ["rsnapshots.simulator.blockstorage"] = "lua/rsnapshots/simulator/blockstorage.lua",
    ["rsnapshots.simulator.catalog"] = "lua/rsnapshots/simulator/catalog.lua",
    ["rsnapshots.simulator.connection"] = "lua/rsnapshots/simulator/connection.lua",
    ["rsnapshots.simulator.context"] = "lua/rsnapshots/simulator/context.lua",
    ["rsnapshots.simulator.fault"] = "lua/rsnapshots/simulator/fault.lua",
    ["rsnapshots.simulator.guard"] = "lua/rsnapshots/simulator/guard.lua",
    ["rsnapshots.simulator.identity"] = "lua/rsnapshots/simulator/identity.lua",
    ["rsnapshots.simulator.identity_v2"] = "lua/rsnapshots/simulator/identity_v2.lua",
    ["rsnapshots.simulator.json"] = "lua/rsnapshots/simulator/json.lua",
    ["rsnapshots.simulator.listing"] = "lua/rsnapshots/simulator/listing.lua",
    ["rsnapshots.simulator.printable"] = "lua/rsnapshots/simulator/printable.lua",
    ["rsnapshots.simulator.rackspace"] = "lua/rsnapshots/simulator/rackspace.lua",
    ["rsnapshots.simulator.schema"] = "lua/rsnapshots/simulator/schema.lua",
    ["rsnapshots.simulator.server"] = "lua/rsnapshots/simulator/server.lua",
    ["rsnapshots.simulator.snapshot_actions"] = "lua/rsnapshots/simulator/snapshot_actions.lua",
    ["rsnapshots.simulator.snapshot_metadata"] = "lua/rsnapshots/simulator/snapshot_metadata.lua",
    ["rsnapshots.simulator.snapshots"] = "lua/rsnapshots/simulator/snapshots.lua",
    ["rsnapshots.simulator.store"] = "lua/rsnapshots/simulator/store.lua",
    ["rsnapshots.simulator.text"] = "lua/rsnapshots/simulator/text.lua",
    ["rsnapshots.simulator.volumes"] = "lua/rsnapshots/simulator/volumes.lua",
    ["rsnapshots.url"] = "lua/rsnapshots/url.lua",
    ["rsnapshots.version"] = "lua/rsnapshots/version.lua",
    ["rsnapshots.waiter"] = "lua/rsnapshots/waiter.lua",
  },
  install = { bin = { "bin/rsnapshots" } },
}
