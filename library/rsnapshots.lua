---@meta rsnapshots
-- Types for lua-language-server and the editors that use it: of every field, argument, option and
-- result. Nothing here runs. To use it, add this folder to the setting `workspace.library`.

---Snapshots of block storage volumes: OpenStack Cinder (v2, v3) and Rackspace (v1).
---
---A wrong call raises an error. A failed operation returns nil and an error.
---@class rsnapshots
---@field _VERSION string
---@field status rsnapshots.StatusNames
local rsnapshots = {}

-- ------------------------------------------------------------------- errors

---What a failure means, so that a script can decide what to do.
---@alias rsnapshots.ErrorKind
---| "invalid"      # the service, or this library before sending, refuses the request
---| "auth"         # credentials refused, or 401 again with a new token
---| "forbidden"    # 403
---| "not_found"    # 404 from the service itself, never a proxy's
---| "conflict"     # 409
---| "quota"        # a used-up quota
---| "rate_limited" # a rate limit that is still there after the retries
---| "server"       # 5xx, or a proxy's answer, after the retries
---| "timeout"      # a deadline passed
---| "network"      # resolve, connect, reset, truncated answer
---| "tls"          # certificate or handshake
---| "decode"       # the answer is not what the API promises
---| "uncertain"    # a create was sent, and nobody can tell whether it took effect
---| "failed"       # a wait met ERROR or ERROR_DELETING
---| "reverted"     # a delete was accepted, and the snapshot came back
---| "ambiguous"    # several have that name
---| "config"       # options, environment or clouds.yaml cannot be used
---| "catalog"      # no endpoint fits, or several do
---| "unsupported"  # the service's version lacks this

---Why an operation failed. `tostring` and `..` give its text. An unknown field is nil.
---@class rsnapshots.Error
---@field kind rsnapshots.ErrorKind
---@field message string one sentence for people, without secrets
---@field status? integer the HTTP status
---@field code? string the service's name for the fault, such as "itemNotFound"
---@field request_id? string the service's name for the request
---@field retry_after? number seconds
---@field method? string of the request
---@field url? string of the request, with its query
---@field attempts? integer how often the request was sent
---@field lost? boolean was the answer to an attempt lost?
---@field snapshot? rsnapshots.Snapshot of "failed", "reverted" and a wait's "timeout", and what a create made
---@field volume? rsnapshots.Volume the volume that was made or waited for
---@field closed? boolean was the client closed meanwhile?
---@field reason? string of "failed" and "reverted": the service's own reason
---@field dependents? rsnapshots.Volume[] of "failed" and "reverted": the volumes made from the snapshot
---@field matches? string[] of "ambiguous": the ids
---@field key? string of `delete_metadata`: the key that could not be deleted
---@field cause? rsnapshots.Error the error behind this one

---Is this value an error of this library?
---@param value any
---@return boolean
function rsnapshots.is_error(value) end

---Like `assert`, but keeps error objects on every Lua.
---@generic T
---@param value T?
---@param ... any an error
---@return T value
---@return any ...
function rsnapshots.assert(value, ...) end

-- ------------------------------------------------------------------ statuses

---@alias rsnapshots.Status
---| "CREATING"
---| "AVAILABLE"
---| "DELETING"
---| "ERROR"
---| "ERROR_DELETING"
---| "BACKING-UP"
---| "RESTORING"
---| "UNMANAGING"
---| "DELETED"
---| string

---The names of statuses. An unknown name raises an error.
---@class rsnapshots.StatusNames
---@field CREATING "CREATING"
---@field AVAILABLE "AVAILABLE"
---@field DELETING "DELETING"
---@field ERROR "ERROR"
---@field ERROR_DELETING "ERROR_DELETING"
---@field DELETE_ERROR "ERROR_DELETING"
---@field BACKING_UP "BACKING-UP"
---@field RESTORING "RESTORING"
---@field UNMANAGING "UNMANAGING"
---@field DELETED "DELETED"

-- ---------------------------------------------------------------- connecting

---What `on_request` is told about an attempt.
---@class rsnapshots.Request
---@field method string
---@field url string
---@field status? integer
---@field seconds number
---@field attempt integer
---@field request_id? string
---@field err? rsnapshots.Error

---Waits until the descriptor is ready, or the seconds have passed.
---@alias rsnapshots.Wait fun(fd: integer?, events: string?, seconds: number?): any

---Options of `connect`. The environment and clouds.yaml supply the others.
---@class rsnapshots.ConnectOptions
---@field cloud? string a name in clouds.yaml
---@field provider? "rackspace"|string
---@field region? string
---@field region_name? string the same as `region`
---@field interface? string|string[] "public" is the default
---@field auth_type? "password"|"v2password"|"v3password"|"v3applicationcredential"|"token"|"v3token"|"admin_token"|"rackspace_apikey"|"none"|string
---@field auth_url? string
---@field username? string
---@field user_id? string
---@field password? string
---@field api_key? string
---@field token? string
---@field application_credential_id? string
---@field application_credential_name? string
---@field application_credential_secret? string
---@field user_domain_name? string
---@field user_domain_id? string
---@field project_name? string
---@field project_id? string
---@field tenant_name? string the same as `project_name`
---@field tenant_id? string the same as `project_id`
---@field project_domain_name? string
---@field project_domain_id? string
---@field domain_name? string
---@field domain_id? string
---@field default_domain? string
---@field default_domain_name? string
---@field system_scope? string "all": the system instead of a project
---@field endpoint? string the service's URL, instead of the catalog
---@field service_type? string
---@field service_name? string
---@field api_version? 1|2|3|string default: the newest offered
---@field microversion? string "3.70" or "latest"; default: the newest that both sides know
---@field timeout? number seconds for one call, with its retries (60)
---@field attempt_timeout? number seconds for one request (30)
---@field connect_timeout? number seconds (10)
---@field verify? boolean verify certificates (true)
---@field cacert? string a file, or the PEM text itself
---@field cert? string a file
---@field key? string a file
---@field proxy? string
---@field user_agent? string
---@field max_response_bytes? integer of one answer (64 MiB)
---@field max_connections? integer
---@field retries? integer how often a call is tried again at most (4)
---@field reauthenticate? boolean get a new token when one is refused (true)
---@field wait? rsnapshots.Wait instead of blocking
---@field on_request? fun(request: rsnapshots.Request) called after every attempt
---@field on_warning? fun(message: string) called with a warning about the configuration

---Connects: logs in, finds the service and settles on a version.
---@param options? rsnapshots.ConnectOptions
---@return rsnapshots.Client? client
---@return rsnapshots.Error? err
function rsnapshots.connect(options) end

---Decodes a body `{"snapshot": {...}}` that came from elsewhere.
---@param json string
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function rsnapshots.extract_snapshot(json) end

---Decodes a body `{"snapshots": [...]}` that came from elsewhere.
---@param json string
---@return rsnapshots.Page? page
---@return rsnapshots.Error? err
function rsnapshots.extract_snapshots(json) end

-- ------------------------------------------------------------------ snapshots

---What the service said of a snapshot at one moment: read-only. Any other attribute has its wire
---name: `snapshot["os-extended-snapshot-attributes:progress"]`.
---@class rsnapshots.Snapshot
---@field id string
---@field volume_id? string
---@field name? string
---@field description? string
---@field status? rsnapshots.Status
---@field size? integer GiB
---@field progress? string "42%"
---@field project_id? string
---@field metadata table<string, string>
---@field created_at? string as the service wrote it
---@field updated_at? string as the service wrote it
---@field created_time? number Unix seconds
---@field updated_time? number Unix seconds
---@field user_id? string from microversion 3.41 on
---@field group_snapshot_id? string from microversion 3.14 on
---@field consumes_quota? boolean from microversion 3.65 on
---@field [string] any
local Snapshot = {}

---A read-only sequence of snapshots.
---@class rsnapshots.Page
---@field [integer] rsnapshots.Snapshot
---@operator len: integer

---A fresh Snapshot: what the service says now.
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Snapshot:refresh() end

---Everything as a table of your own, which you may change.
---@return table<string, any>
function Snapshot:to_table() end

---The JSON text that the service sent.
---@return string
function Snapshot:to_json() end

---An attribute as the service sent it, by its wire name; nil if there is none.
---@param name string
---@return any
function Snapshot:raw(name) end

---Changes the name or the description.
---@param options rsnapshots.UpdateOptions
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Snapshot:update(options) end

---Deletes the snapshot; true when the service accepts it.
---@param options? rsnapshots.DeleteOptions
---@return true? accepted
---@return rsnapshots.Error? err
function Snapshot:delete(options) end

---Waits until the snapshot is complete. A number is the timeout in seconds.
---@param options? number|rsnapshots.WaitOptions
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Snapshot:wait_until_complete(options) end

---Waits until the snapshot is gone.
---@param options? number|rsnapshots.WaitOptions
---@return true? gone
---@return rsnapshots.Error? err
function Snapshot:wait_until_deleted(options) end

---The metadata as it is now.
---@return table<string, string>? metadata
---@return rsnapshots.Error? err
function Snapshot:get_metadata() end

---Adds to the metadata; other keys stay.
---@param metadata table<string, string>
---@return table<string, string>? metadata
---@return rsnapshots.Error? err
function Snapshot:set_metadata(metadata) end

---Replaces all metadata.
---@param metadata table<string, string>
---@return table<string, string>? metadata
---@return rsnapshots.Error? err
function Snapshot:replace_metadata(metadata) end

---Removes keys of the metadata.
---@param ... string the keys
---@return true? deleted
---@return rsnapshots.Error? err
function Snapshot:delete_metadata(...) end

---Makes a new volume from the snapshot.
---@param options? rsnapshots.RestoreOptions
---@return rsnapshots.Volume? volume
---@return rsnapshots.Error? err
function Snapshot:restore(options) end

---Takes the snapshot's volume back to the snapshot (from 3.40). What was written since then is lost.
---@param options? rsnapshots.RevertOptions
---@return true? accepted
---@return rsnapshots.Error? err
function Snapshot:revert(options) end

---Sets the status in the database (for administrators).
---@param status rsnapshots.Status
---@return true? done
---@return rsnapshots.Error? err
function Snapshot:reset_status(status) end

---Reports a status as the storage driver does (for administrators).
---@param status rsnapshots.Status
---@param progress? string|integer
---@return true? done
---@return rsnapshots.Error? err
function Snapshot:update_status(status, progress) end

---Makes the service forget the snapshot; its storage keeps it (for administrators).
---@return true? accepted
---@return rsnapshots.Error? err
function Snapshot:unmanage() end

-- ---------------------------------------------------------------- the client

---A snapshot's id, or the Snapshot itself.
---@alias rsnapshots.Id string|rsnapshots.Snapshot

---`true` for the usual wait, a number of seconds, or options.
---@alias rsnapshots.WaitOption boolean|number|rsnapshots.WaitOptions

---@class rsnapshots.WaitOptions
---@field timeout? number seconds (600); -1 or math.huge: no limit; 0: check once
---@field interval? number seconds between checks (1, growing to 5)
---@field on_progress? fun(snapshot: rsnapshots.Snapshot) called after every check

---@class rsnapshots.CreateOptions
---@field volume_id string
---@field name? string
---@field description? string
---@field force? boolean even if the volume is in use
---@field metadata? table<string, string>
---@field once? boolean never make two, even if an answer is lost
---@field wait? rsnapshots.WaitOption until it is complete
---@field extra? table<string, any> more attributes for the body

---@class rsnapshots.UpdateOptions
---@field name? string nil leaves it, "" clears it
---@field description? string nil leaves it, "" clears it
---@field extra? table<string, any> more attributes for the body

---@class rsnapshots.DeleteOptions
---@field force? boolean in any state (for administrators)
---@field missing_ok? boolean a missing snapshot is a success

---@class rsnapshots.FindOptions
---@field most_recent? boolean the newest, if several have that name
---@field all_projects? boolean in other projects too (for administrators)

---@class rsnapshots.RestoreOptions
---@field name? string
---@field description? string
---@field size? integer GiB, at least the snapshot's
---@field metadata? table<string, string>
---@field availability_zone? string
---@field volume_type? string
---@field extra? table<string, any> more attributes for the body
---@field wait? rsnapshots.WaitOption until it is available

---@class rsnapshots.RevertOptions
---@field wait? rsnapshots.WaitOption until the volume is available again

---@class rsnapshots.ManageOptions
---@field volume_id string
---@field ref string|table the storage's name for it
---@field name? string
---@field description? string
---@field metadata? table<string, string>
---@field extra? table<string, any> more attributes for the body

---@class rsnapshots.ManageableOptions
---@field host? string such as "cinder@lvm#pool"
---@field cluster? string from microversion 3.17 on
---@field detailed? boolean (true)
---@field page_size? integer

---@class rsnapshots.ListFilters
---@field name? string
---@field status? rsnapshots.Status in any case
---@field volume_id? string
---@field project_id? string
---@field all_projects? boolean for administrators
---@field metadata? table<string, string>
---@field name_like? string a part of the name
---@field created_after? number|string Unix seconds, or a time as services write it
---@field created_before? number|string Unix seconds, or a time as services write it
---@field consumes_quota? boolean
---@field sort? string "created_at:desc,name:asc"
---@field detailed? boolean (true)
---@field page_size? integer how many per request
---@field max? integer how many in all
---@field marker? string
---@field offset? integer
---@field extra? table<string, any> raw query
---@field token? string from `pager:token()`
---@field prefetch? boolean request the next page while this one is used (true)

---@class rsnapshots.VolumeFilters
---@field name? string
---@field status? string in any case
---@field metadata? table<string, string>
---@field snapshot_id? string only volumes made from this snapshot
---@field all_projects? boolean for administrators
---@field page_size? integer how many per request
---@field max? integer how many in all

---What the service says of a volume.
---@class rsnapshots.Volume
---@field id string
---@field name? string
---@field description? string
---@field status? string
---@field size? integer GiB
---@field metadata? table<string, string>
---@field [string] any

---@class rsnapshots.Limit
---@field used integer
---@field max number math.huge: no limit

---@class rsnapshots.Limits
---@field snapshots? rsnapshots.Limit
---@field gigabytes? rsnapshots.Limit
---@field volumes? rsnapshots.Limit
---@field raw table<string, any> the service's whole answer

---The outcome of one item of many.
---@class rsnapshots.Result
---@field ok boolean
---@field value? any
---@field error? any an `rsnapshots.Error`, or what was raised
---@field index integer
---@field item? any
---@field traceback? string

---@class rsnapshots.CreateAllOptions
---@field concurrency? integer (8)
---@field on_progress? fun(done: integer, total: integer, result: rsnapshots.Result)
---@field wait? rsnapshots.WaitOption until each is complete

---@class rsnapshots.DeleteAllOptions
---@field concurrency? integer (8)
---@field on_progress? fun(done: integer, total: integer, result: rsnapshots.Result)
---@field missing_ok? boolean
---@field force? boolean
---@field all? boolean allow a listing without a filter that names whose they are
---@field dry_run? boolean only return what would be deleted

---@class rsnapshots.WaitAllOptions
---@field concurrency? integer (8)
---@field on_progress? fun(done: integer, total: integer, result: rsnapshots.Result)
---@field timeout? number seconds (600)
---@field interval? number seconds
---@field deleted? boolean until they are gone, not until they are complete

---@class rsnapshots.GroupOptions
---@field concurrency? integer how many tasks, and requests, at once (8)

---A connection to a service.
---@class rsnapshots.Client
---@field endpoint string
---@field api_version 1|2|3
---@field microversion? string
---@field region? string
---@field project_id? string
local Client = {}

---Creates a snapshot. A create is sent again only if the earlier attempt certainly had no effect.
---@param options rsnapshots.CreateOptions|{ to_snapshot_create_map: fun(self: any): table }
---@return rsnapshots.Snapshot? snapshot usually still CREATING
---@return rsnapshots.Error? err
function Client:create(options) end

---Reads a snapshot.
---@param id rsnapshots.Id
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Client:get(id) end

---Finds a snapshot by id or name.
---@param name_or_id string
---@param options? rsnapshots.FindOptions
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Client:find(name_or_id, options) end

---A listing that follows every page. In a `for`, a failure is raised.
---@param filters? rsnapshots.ListFilters
---@return rsnapshots.Pager
function Client:list(filters) end

---How many snapshots pass the filters.
---@param filters? rsnapshots.ListFilters
---@return integer? count
---@return rsnapshots.Error? err
function Client:count(filters) end

---Changes the name or the description.
---@param id rsnapshots.Id
---@param options rsnapshots.UpdateOptions|{ to_snapshot_update_map: fun(self: any): table }
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Client:update(id, options) end

---Deletes a snapshot; true when the service accepts it.
---@param id rsnapshots.Id
---@param options? rsnapshots.DeleteOptions
---@return true? accepted
---@return rsnapshots.Error? err
function Client:delete(id, options) end

---A snapshot's metadata.
---@param id rsnapshots.Id
---@return table<string, string>? metadata
---@return rsnapshots.Error? err
function Client:get_metadata(id) end

---Adds to the metadata; other keys stay.
---@param id rsnapshots.Id
---@param metadata table<string, string>
---@return table<string, string>? metadata all of it afterwards
---@return rsnapshots.Error? err
function Client:set_metadata(id, metadata) end

---Replaces all metadata.
---@param id rsnapshots.Id
---@param metadata table<string, string>
---@return table<string, string>? metadata all of it afterwards
---@return rsnapshots.Error? err
function Client:replace_metadata(id, metadata) end

---Removes keys of the metadata.
---@param id rsnapshots.Id
---@param ... string the keys
---@return true? deleted
---@return rsnapshots.Error? err
function Client:delete_metadata(id, ...) end

---Waits until a snapshot is complete. A number is the timeout in seconds.
---@param id rsnapshots.Id
---@param options? number|rsnapshots.WaitOptions
---@return rsnapshots.Snapshot? snapshot a fresh one
---@return rsnapshots.Error? err
function Client:wait_until_complete(id, options) end

---Waits until a snapshot is gone.
---@param id rsnapshots.Id
---@param options? number|rsnapshots.WaitOptions
---@return true? gone
---@return rsnapshots.Error? err
function Client:wait_until_deleted(id, options) end

---Makes a new volume from a snapshot.
---@param id rsnapshots.Id
---@param options? rsnapshots.RestoreOptions
---@return rsnapshots.Volume? volume
---@return rsnapshots.Error? err
function Client:restore(id, options) end

---Takes the snapshot's volume back to the snapshot (from 3.40). What was written since then is lost.
---@param id rsnapshots.Id
---@param options? rsnapshots.RevertOptions
---@return true? accepted
---@return rsnapshots.Error? err
function Client:revert(id, options) end

---Waits until a volume is available.
---@param volume string|rsnapshots.Volume
---@param options? number|rsnapshots.WaitOptions
---@return rsnapshots.Volume? volume
---@return rsnapshots.Error? err
function Client:wait_until_available(volume, options) end

---A listing of volumes.
---@param filters? rsnapshots.VolumeFilters
---@return rsnapshots.Rows
function Client:volumes(filters) end

---Finds a volume by id or name.
---@param id_or_name string
---@return rsnapshots.Volume? volume
---@return rsnapshots.Error? err
function Client:volume(id_or_name) end

---How much of the project's quota is used.
---@return rsnapshots.Limits? limits
---@return rsnapshots.Error? err
function Client:limits() end

---The service's own reason for a snapshot's failure (from 3.3).
---@param id rsnapshots.Id
---@return string? reason
---@return rsnapshots.Error? err
function Client:failure_reason(id) end

---The volumes that were made from a snapshot.
---@param snapshot rsnapshots.Id
---@return rsnapshots.Volume[]? volumes
---@return rsnapshots.Error? err
function Client:dependents(snapshot) end

---Adds `reason` and `dependents` to an error of kind "failed" or "reverted".
---@param err rsnapshots.Error
---@return rsnapshots.Error err the same error
function Client:explain(err) end

---Sets the status in the database (for administrators).
---@param id rsnapshots.Id
---@param status rsnapshots.Status
---@return true? done
---@return rsnapshots.Error? err
function Client:reset_status(id, status) end

---Reports a status as the storage driver does (for administrators).
---@param id rsnapshots.Id
---@param status rsnapshots.Status
---@param progress? string|integer
---@return true? done
---@return rsnapshots.Error? err
function Client:update_status(id, status, progress) end

---Makes a snapshot in the storage known to the service (for administrators).
---@param options rsnapshots.ManageOptions
---@return rsnapshots.Snapshot? snapshot
---@return rsnapshots.Error? err
function Client:manage(options) end

---Makes the service forget a snapshot; its storage keeps it (for administrators).
---@param id rsnapshots.Id
---@return true? accepted
---@return rsnapshots.Error? err
function Client:unmanage(id) end

---The snapshots in a storage back end.
---@param options rsnapshots.ManageableOptions
---@return rsnapshots.Rows
function Client:manageable(options) end

---Creates several snapshots, side by side.
---@param list (rsnapshots.CreateOptions|table)[]
---@param options? rsnapshots.CreateAllOptions
---@return rsnapshots.Result[] results
---@return integer failures
function Client:create_all(list, options) end

---Deletes several snapshots, side by side.
---@param list rsnapshots.Id[]|rsnapshots.Pager|rsnapshots.Page|function
---@param options? rsnapshots.DeleteAllOptions
---@return rsnapshots.Result[]? results
---@return integer|rsnapshots.Error failures
function Client:delete_all(list, options) end

---Waits until several snapshots are complete, or gone.
---@param list rsnapshots.Id[]|rsnapshots.Pager|rsnapshots.Page|rsnapshots.Result[]|function
---@param options? number|rsnapshots.WaitAllOptions
---@return rsnapshots.Result[]? results
---@return integer|rsnapshots.Error failures
function Client:wait_all(list, options) end

---A group of functions that run side by side.
---@param options? rsnapshots.GroupOptions
---@return rsnapshots.Group
function Client:group(options) end

---The descriptor to watch in your own loop.
---@return integer
function Client:pollfd() end

---The events to watch it for.
---@return "r"
function Client:events() end

---How long until `step` is due, even if the descriptor stays quiet; nil: no limit.
---@return number? seconds
function Client:timeout() end

---Moves the requests under way on, without waiting.
function Client:step() end

---Closes the connections. Idempotent.
function Client:close() end

-- ------------------------------------------------------------------ listings

---A listing: an iterator for one `for`, which also has these methods.
---@class rsnapshots.Pager
---@overload fun(): rsnapshots.Snapshot?
local Pager = {}

---The next snapshot.
---@return rsnapshots.Snapshot? snapshot nil at the end
---@return rsnapshots.Error? err
function Pager:next() end

---An iterator over pages, for `for`; raises the error on failure.
---@return fun(): rsnapshots.Page?
function Pager:pages() end

---Calls a function with every page, until it returns false.
---@param visit fun(page: rsnapshots.Page): boolean?
---@return true? done
---@return rsnapshots.Error? err
function Pager:each_page(visit) end

---The rest of the listing.
---@return rsnapshots.Snapshot[]? snapshots
---@return rsnapshots.Error? err
function Pager:all() end

---A token to continue later: `client:list{ ..., token = token }`.
---@return string
function Pager:token() end

---Cancels the request for the next page, if one is under way.
function Pager:close() end

---A listing of plain tables: volumes, or snapshots in a storage back end.
---@class rsnapshots.Rows
---@overload fun(): table?
local Rows = {}

---The next row.
---@return table? row nil at the end
---@return rsnapshots.Error? err
function Rows:next() end

---The rest of the listing.
---@return table[]? rows
---@return rsnapshots.Error? err
function Rows:all() end

-- -------------------------------------------------------------------- groups

---@class rsnapshots.Group
local Group = {}

---Adds a task. Its first result is the task's value. The task fails if it returns `nil, err` or
---raises an error.
---@param body fun(): any, any
---@return integer index
function Group:spawn(body) end

---Adds a task that begins when the earlier ones with the same key have ended.
---@param key any
---@param body fun(): any, any
---@return integer index
function Group:spawn_serial(key, body) end

---Waits until one more task has ended; nil if all have.
---@return rsnapshots.Result?
function Group:next() end

---The tasks as they end, for `for`.
---@return fun(): rsnapshots.Result?
function Group:results() end

---Ends every task at once, with its requests. Idempotent.
function Group:cancel() end

---How many requests may be under way now.
---@return integer
function Group:limit() end

return rsnapshots
