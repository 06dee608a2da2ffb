/* portaudio_late.h - PortAudio, loaded when a device is opened (base/late.h).
 */
#ifndef SE_LIVE_PORTAUDIO_LATE_H
#define SE_LIVE_PORTAUDIO_LATE_H

#include "base/late.h"

#include <portaudio.h>

#define SE_LIVE_PORTAUDIO_LATE_CALLS(X)                                        \
    X(Pa_AbortStream)                                                          \
    X(Pa_CloseStream)                                                          \
    X(Pa_GetDefaultInputDevice)                                                \
    X(Pa_GetDefaultOutputDevice)                                               \
    X(Pa_GetDeviceCount)                                                       \
    X(Pa_GetDeviceInfo)                                                        \
    X(Pa_GetErrorText)                                                         \
    X(Pa_GetHostApiInfo)                                                       \
    X(Pa_GetLastHostErrorInfo)                                                 \
    X(Pa_GetStreamInfo)                                                        \
    X(Pa_Initialize)                                                           \
    X(Pa_IsFormatSupported)                                                    \
    X(Pa_IsStreamActive)                                                       \
    X(Pa_OpenStream)                                                           \
    X(Pa_StartStream)                                                          \
    X(Pa_Terminate)

struct se_portaudio_calls {
    SE_LIVE_PORTAUDIO_LATE_CALLS(SE_LATE_POINTER)
};

extern struct se_portaudio_calls se_portaudio;

/* Before the first call. SE_ERR_IO: the library is not installed. */
int se_portaudio_load(struct se_report *report);

#ifndef SE_LIVE_PORTAUDIO_LATE_NAMES
#define Pa_AbortStream            se_portaudio.Pa_AbortStream
#define Pa_CloseStream            se_portaudio.Pa_CloseStream
#define Pa_GetDefaultInputDevice  se_portaudio.Pa_GetDefaultInputDevice
#define Pa_GetDefaultOutputDevice se_portaudio.Pa_GetDefaultOutputDevice
#define Pa_GetDeviceCount         se_portaudio.Pa_GetDeviceCount
#define Pa_GetDeviceInfo          se_portaudio.Pa_GetDeviceInfo
#define Pa_GetErrorText           se_portaudio.Pa_GetErrorText
#define Pa_GetHostApiInfo         se_portaudio.Pa_GetHostApiInfo
#define Pa_GetLastHostErrorInfo   se_portaudio.Pa_GetLastHostErrorInfo
#define Pa_GetStreamInfo          se_portaudio.Pa_GetStreamInfo
#define Pa_Initialize             se_portaudio.Pa_Initialize
#define Pa_IsFormatSupported      se_portaudio.Pa_IsFormatSupported
#define Pa_IsStreamActive         se_portaudio.Pa_IsStreamActive
#define Pa_OpenStream             se_portaudio.Pa_OpenStream
#define Pa_StartStream            se_portaudio.Pa_StartStream
#define Pa_Terminate              se_portaudio.Pa_Terminate
#endif

#endif
