-- What wrk sends and prints in `Packaging/bench http`.
--
--   wrk … URL -- [post OCTETS | hosts COUNT]
--
-- Prints requests, requests that failed, and microseconds: of the run, of the median and of the 99th percentile.

local requests = {}
local sent = 0

local function next_host()
    sent = sent + 1
    return requests[sent % #requests + 1]
end

function init(arguments)
    local kind, count = arguments[1], tonumber(arguments[2])
    if kind == "post" then
        wrk.method = "POST"
        wrk.body = string.rep("x", count)
    elseif kind == "hosts" then
        for number = 0, count - 1 do
            requests[number + 1] = wrk.format(nil, nil, {Host = "h-" .. number * 7919 % count .. ".bench.test"})
        end
        -- Only this one costs a call a request; without it wrk repeats one text.
        request = next_host
    end
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
    print("result", summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(99))
end
