// What every C++ test needs: checks that count, rounds of a loop until something is true, a server to
// talk to. It works without exceptions and RTTI too.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <oxws.hpp>

inline int check_failures = 0;

inline void check(bool holds, const char *file, int line, const char *what) {
    if (holds) return;
    check_failures++;
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

#define CHECK(condition) check(static_cast<bool>(condition), __FILE__, __LINE__, #condition)

inline int check_end() { return check_failures == 0 ? 0 : 1; }

// Runs rounds until the condition holds; a test that waits in vain fails.
template <class Condition>
bool run_until(oxws::LoopRef loop, Condition condition) {
    const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > give_up_at) return false;
        if (!loop.poll(std::chrono::milliseconds(20))) return false;
    }
    return true;
}

#define RUN_UNTIL(loop, condition) CHECK(run_until(loop, [&] { return static_cast<bool>(condition); }))

// Listens at a free port and tells the URL for clients.
inline std::string listen(oxws::LoopRef loop, const oxws::Config &config,
                          oxws::Listener *listener = nullptr) {
    auto listening = loop.listen("ws://127.0.0.1:0", config);
    CHECK(listening);
    if (!listening) return "";
    if (listener != nullptr) *listener = *listening;
    return "ws://127.0.0.1:" + std::to_string(*listening->port()) + "/";
}

// Something of a handler's that tells when it is destroyed. What it is moved from does not count.
class Counted {
public:
    explicit Counted(int &destroyed) : destroyed_(&destroyed) {}
    Counted(Counted &&other) noexcept : destroyed_(std::exchange(other.destroyed_, nullptr)) {}
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;
    ~Counted() {
        if (destroyed_ != nullptr) ++*destroyed_;
    }
    // Reads what is gone if it is called too late.
    bool is_alive() const { return destroyed_ != nullptr; }

private:
    int *destroyed_;
};

#endif
