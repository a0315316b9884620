/// \file
/// oxws for C++17 and later: WebSocket (RFC 6455) client and server.
///
/// Only headers, above the functions of oxws.h: handles that free themselves, `enum class`,
/// `std::string_view`, lambdas as handlers. What a function does in detail, oxws.h tells; here stands what
/// is different.
///
/// RESULTS. A function that can fail returns a `Status` or a `Result`; none throws, unless it is asked to
/// (`or_throw`, `value_or_throw`) or has no memory. Exceptions and RTTI may be switched off.
///
/// HANDLERS are lambdas in a `Config`. What they capture lives as long as they do: see `Config`. What they
/// are given is lent until they return, but `Connection`, `LoopRef` and other names are kept as one likes.
/// No message costs an allocation.
///
/// OWNERSHIP. `Loop`, `Config`, `TlsConfig`, `Reply`, `Protocol` and `CloseInfo` own what they name and can only be moved.
/// Copies of a `Prepared` share what they name.
/// `Request`, `Response`, `Message`, `CloseInfoView`, `bytes` are views. `Connection`, `Listener`, `Timer`, `Watch` are numbers that may grow stale.
///
/// THREADS. As in oxws.h: "the loop's", "any", "one at a time".
#ifndef OXWS_HPP
#define OXWS_HPP

#if defined(_MSVC_LANG) ? _MSVC_LANG < 201703L : __cplusplus < 201703L
#error "oxws.hpp needs C++17; oxws.h works in C++11"
#endif

#include <oxws.h>
#include <oxws/bytes.hpp>
#include <oxws/close_code.hpp>
#include <oxws/close_info.hpp>
#include <oxws/codec.hpp>
#include <oxws/config.hpp>
#include <oxws/connecting.hpp>
#include <oxws/connection.hpp>
#include <oxws/listener.hpp>
#include <oxws/loop.hpp>
#include <oxws/message.hpp>
#include <oxws/prepared.hpp>
#include <oxws/protocol.hpp>
#include <oxws/qt.hpp>
#include <oxws/request.hpp>
#include <oxws/status.hpp>
#include <oxws/test.hpp>
#include <oxws/timer.hpp>
#include <oxws/tls.hpp>
#include <oxws/version.hpp>
#include <oxws/vocabulary.hpp>

#endif
