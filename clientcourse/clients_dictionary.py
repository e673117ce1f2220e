"""The words of the data dictionary: what every column of the client tables means."""

HEADER = ["column", "type", "unit", "meaning"]
HEADINGS = {"zh": ["列", "类型", "单位", "意思"], "en": HEADER}

# table -> language -> rows in the order of the table's columns
ENTRIES = {
    "clients": {
        "zh": [
            ("client_id", "文本", "", "客户编号，每位客户唯一，例如 C0001"),
            ("name", "文本", "", "虚构的客户姓名，企业和机构为联系人姓名；可能重名"),
            ("phone", "文本", "", "虚构的电话号码，不属于任何人"),
            ("segment", "文本", "", "客户类型：个人、小微企业或机构"),
            ("city", "文本", "", "客户所在城市"),
            ("client_since", "日期", "", "成为客户的日期"),
            ("risk_grade", "文本", "", "风险承受能力等级，从 C1（最低）到 C5（最高）"),
            ("assets", "小数", "元", "截至 2026-06-30 客户持有的资产总额"),
            ("annual_profit", "小数", "元", "截至 2026-06-30 的一年内客户带来的利润"),
            (
                "last_contact",
                "日期",
                "",
                "截至 2026-06-30 客户经理最近一次主动联系客户的日期",
            ),
        ],
        "en": [
            ("client_id", "text", "", "Number of the client, unique, for example C0001"),
            (
                "name",
                "text",
                "",
                "Fictitious name of the client, or of a firm's contact person; names can repeat",
            ),
            ("phone", "text", "", "Fictitious phone number that belongs to nobody"),
            ("segment", "text", "", "Kind of client: individual, small firm or institution"),
            ("city", "text", "", "City of the client"),
            ("client_since", "date", "", "Date on which the client became a client"),
            ("risk_grade", "text", "", "Risk tolerance, from C1 (lowest) to C5 (highest)"),
            ("assets", "decimal", "yuan", "Total assets of the client on 2026-06-30"),
            (
                "annual_profit",
                "decimal",
                "yuan",
                "Profit that the client brought in the year to 2026-06-30",
            ),
            (
                "last_contact",
                "date",
                "",
                "Last time the client manager contacted the client unasked, up to 2026-06-30",
            ),
        ],
    },
    "complaints": {
        "zh": [
            ("complaint_id", "文本", "", "投诉编号，每件投诉唯一，例如 K0001"),
            ("client_id", "文本", "", "投诉客户的编号，与客户名单中的编号一致"),
            ("received_at", "日期时间", "", "收到投诉的时间，精确到分钟"),
            ("channel", "文本", "", "投诉渠道：网点、电话、手机银行或信函"),
            (
                "category",
                "文本",
                "",
                "投诉类别：重复扣款、费用争议、产品亏损、服务态度、等候时间或信息有误",
            ),
            ("amount", "小数", "元", "争议金额；不涉及金额的类别为空"),
            ("first_reply_hours", "小数", "小时", "从收到投诉到首次回复的时间"),
            ("resolve_hours", "小数", "小时", "从收到投诉到解决的时间；尚未解决的为空"),
            ("departments", "整数", "个", "经手的部门数，从 1 到 4"),
            ("followed_up", "是否", "", "解决后是否回访过客户"),
            (
                "satisfaction",
                "整数",
                "分",
                "客户满意度，从 1（很不满意）到 5（很满意）；尚未解决或客户未评价的为空",
            ),
        ],
        "en": [
            ("complaint_id", "text", "", "Number of the complaint, unique, for example K0001"),
            ("client_id", "text", "", "Client who complained, as in the client list"),
            ("received_at", "date and time", "", "When the complaint was received, to the minute"),
            ("channel", "text", "", "How it was received: branch, phone, app or letter"),
            (
                "category",
                "text",
                "",
                (
                    "What it is about: double charge, fee dispute, investment loss, attitude, "
                    "waiting time or wrong information"
                ),
            ),
            (
                "amount",
                "decimal",
                "yuan",
                "Sum in dispute; missing for categories that are not about money",
            ),
            ("first_reply_hours", "decimal", "hours", "Time from receipt to the first reply"),
            (
                "resolve_hours",
                "decimal",
                "hours",
                "Time from receipt to resolution; missing if still open",
            ),
            (
                "departments",
                "integer",
                "departments",
                "How many departments it passed through, 1 to 4",
            ),
            (
                "followed_up",
                "yes or no",
                "",
                "Whether the client was contacted again after the resolution",
            ),
            (
                "satisfaction",
                "integer",
                "points",
                "Satisfaction, from 1 (lowest) to 5 (highest); missing if open or not answered",
            ),
        ],
    },
}
