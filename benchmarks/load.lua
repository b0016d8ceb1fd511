-- What wrk asks: LOAD_KIND says which of the three, LOAD_PATH where; the answer is one line of JSON.
local kind, path, tag = os.getenv("LOAD_KIND"), os.getenv("LOAD_PATH"), os.getenv("LOAD_TAG")
local first, indicators = tonumber(os.getenv("LOAD_FIRST")), tonumber(os.getenv("LOAD_INDICATORS"))
local days, instants, n = {}, {}, 0
for day in string.gmatch(os.getenv("LOAD_DAYS") or "", "[^,]+") do days[#days + 1] = day end
for instant in string.gmatch(os.getenv("LOAD_INSTANTS") or "", "[^,]+") do instants[#instants + 1] = instant end

local asked = {}

function asked.same() return wrk.format("GET", path) end

function asked.held() return wrk.format("GET", path, { ["If-None-Match"] = tag }) end

-- Every request another point: all the days of one instant, then those of the next.
function asked.cold()
   local at = first + n
   local day, instant = days[at % #days + 1], instants[math.floor(at / #days) % #instants + 1]
   n = n + 1
   return wrk.format("GET", path .. "?as_of=" .. day .. "&known_at=" .. instant)
end

function asked.revise()
   local at = first + n
   n = n + 1
   local body = string.format('{"verb":"revise_target","object":"i%d","year":2025,"target":">= %d,5%%","act":{"id":' ..
      '"delibera-2","body":"Giunta","number":"2","date":"2025-09-30"},"justification":"dati","cause":"new_data"}',
      at % indicators, 100 + at)
   return wrk.format("POST", path, { ["Content-Type"] = "application/json" }, body)
end

request = asked[kind]

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format('{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
